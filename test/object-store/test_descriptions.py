"""What sites say of their buckets, held against the descriptions that publishers give of their own APIs."""

import json
import os
from pathlib import Path

import googleapiclient
import pytest
from azure.mgmt.storage import models
from botocore.session import get_session
from botocore.validate import ParamValidator
from programs import load

S3 = {
    "VersioningConfiguration": "PutBucketVersioning",
    "LifecycleConfiguration": "PutBucketLifecycleConfiguration",
    "ServerSideEncryptionConfiguration": "PutBucketEncryption",
    "PublicAccessBlockConfiguration": "PutPublicAccessBlock",
    "OwnershipControls": "PutBucketOwnershipControls",
    "BucketLoggingStatus": "PutBucketLogging",
    "Policy": "PutBucketPolicy",
}


def described(site: str) -> dict:
    folder = Path(os.environ["LAKEPORT_DIST"]) / site / "object-store"
    return json.loads(load(folder, "configmap", "buckets")["data"]["buckets.json"])["buckets"]


@pytest.mark.parametrize("site", ["aws", "onprem"])
def test_s3_takes_each_member_as_an_argument(site):
    service = get_session().get_service_model("s3")
    for bucket in described(site).values():
        for name, value in bucket.items():
            if name == "Bucket":
                continue
            given = {"Bucket": bucket["Bucket"], name: json.dumps(value) if name == "Policy" else value}
            shape = service.operation_model(S3[name]).input_shape
            report = ParamValidator().validate(given, shape)
            assert not report.has_errors(), report.generate_report()


def schema_problems(value, schema: dict, schemas: dict, path: str) -> list[str]:
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    kind = schema.get("type")
    if kind == "object":
        known = schema.get("properties", {})
        return [
            problem
            for key, each in value.items()
            for problem in (
                schema_problems(each, known[key], schemas, f"{path}.{key}") if key in known else [f"{path}.{key}"]
            )
        ]
    if kind == "array":
        return [each for item in value for each in schema_problems(item, schema["items"], schemas, path)]
    python = {"string": str, "integer": int, "boolean": bool}[kind]
    fits = type(value) is python and ("enum" not in schema or value in schema["enum"])
    return [] if fits else [f"{path}: {value!r}"]


def test_cloud_storage_knows_every_field():
    folder = Path(googleapiclient.__file__).parent / "discovery_cache/documents"
    schemas = json.loads((folder / "storage.v1.json").read_text())["schemas"]
    buckets = described("gcp")
    assert buckets
    for purpose, bucket in buckets.items():
        assert schema_problems(bucket, schemas["Bucket"], schemas, purpose) == []


def strangers(value: dict, model: type, path: str) -> list[str]:
    """Fields that a model of Azure does not have."""
    # Models learn the names of their fields when the first of them is made.
    known = {field._rest_name for field in model()._attr_to_rest_field.values()}
    assert known
    return [f"{path}.{key}" for key in value if key not in known]


def test_azure_knows_every_field():
    said = described("azure")
    account = said["storageAccount"]
    found = [
        *strangers(account["properties"], models.StorageAccountPropertiesCreateParameters, "account"),
        *strangers(said["blobServices"], models.BlobServicePropertiesProperties, "blobServices"),
        *strangers(said["blobServices"]["deleteRetentionPolicy"], models.DeleteRetentionPolicy, "retention"),
        *strangers(said["managementPolicies"]["policy"], models.ManagementPolicySchema, "policy"),
    ]
    rules = said["managementPolicies"]["policy"]["rules"]
    assert rules
    for rule in rules:
        definition = rule["definition"]
        found += strangers(rule, models.ManagementPolicyRule, rule["name"])
        found += strangers(definition, models.ManagementPolicyDefinition, rule["name"])
        found += strangers(definition["filters"], models.ManagementPolicyFilter, rule["name"])
        for action in definition["actions"]["baseBlob"].values():
            found += strangers(action, models.DateAfterModification, rule["name"])
        found += strangers(definition["actions"]["baseBlob"], models.ManagementPolicyBaseBlob, rule["name"])
    assert found == []
    assert account["kind"] in {each.value for each in models.Kind}
    assert account["sku"]["name"] in {each.value for each in models.SkuName}
