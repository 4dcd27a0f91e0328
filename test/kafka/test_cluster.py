"""The real Kafka reads what lakeport renders: its settings, topics, users and what each may do."""

import json
import time

import pytest
from cluster import Authority, Cluster, text_of
from conftest import Issuer

OWN = "ingestion.orders"


@pytest.fixture(scope="module")
def found(cluster: Cluster) -> dict:
    return cluster.admin("describe", {})


def test_brokers_have_every_setting_of_the_object(cluster: Cluster, found: dict) -> None:
    wanted = {key: text_of(value) for key, value in cluster.kafka["config"].items()}
    assert {key: found["broker"].get(key) for key in wanted} == wanted


def test_brokers_are_in_racks_of_their_own(cluster: Cluster, found: dict) -> None:
    assert sorted(found["racks"].values()) == [f"zone-{node.id}" for node in cluster.brokers]


def test_topics_are_as_they_are_rendered(cluster: Cluster, found: dict) -> None:
    topics = cluster.rendered.all("KafkaTopic")
    assert len(topics) == 7
    for topic in topics:
        spec = topic["spec"]
        real = found["topics"][spec.get("topicName", topic["metadata"]["name"])]
        assert real["partitions"] == spec["partitions"]
        assert real["replicas"] == spec.get("replicas", cluster.kafka["config"]["default.replication.factor"])
        config = {key: text_of(value) for key, value in spec["config"].items()}
        assert {key: real["config"][key] for key in config} == config


def test_a_topic_that_nobody_declared_is_refused(cluster: Cluster) -> None:
    answer = cluster.client("team-ingestion", "produce", {"topic": "ingestion.misspelt", "values": ["a"]})
    assert answer["refused"] in ("TimeoutException", "UnknownTopicOrPartitionException")


def test_a_team_writes_and_reads_its_own_topic(cluster: Cluster) -> None:
    assert cluster.client("team-ingestion", "produce", {"topic": OWN, "values": ["a", "b"]}) == {"sent": 2}
    task = {"topic": OWN, "group": "ingestion.test", "count": 2}
    assert cluster.client("team-ingestion", "consume", task) == {"read": 2}


def test_a_reader_reads_what_it_was_lent_and_writes_nothing(cluster: Cluster) -> None:
    task = {"topic": OWN, "group": "analytics.test", "count": 2}
    assert cluster.client("team-analytics", "consume", task) == {"read": 2}
    answer = cluster.client("team-analytics", "produce", {"topic": OWN, "values": ["c"]})
    assert answer["refused"] == "TopicAuthorizationException"


def test_a_team_is_refused_what_belongs_to_another(cluster: Cluster) -> None:
    for topic in (OWN, "ingestion.customers"):
        answer = cluster.client("team-science", "consume", {"topic": topic, "group": "science.test", "count": 1})
        assert answer["refused"] == "TopicAuthorizationException"
        answer = cluster.client("team-science", "produce", {"topic": topic, "values": ["x"]})
        assert answer["refused"] == "TopicAuthorizationException"


def test_a_team_may_not_take_part_in_a_group_of_another(cluster: Cluster) -> None:
    task = {"topic": OWN, "group": "ingestion.test", "count": 1}
    assert cluster.client("team-analytics", "consume", task)["refused"] == "GroupAuthorizationException"


def test_without_the_right_password_nobody_comes_in(cluster: Cluster) -> None:
    jaas = cluster.jaas("team-ingestion").replace(cluster.passwords["team-ingestion"], "guessed")
    answer = cluster.client("team-ingestion", "produce", {"topic": OWN, "values": ["x"]}, sasl_jaas_config=jaas)
    assert answer["refused"] == "SaslAuthenticationException"


def test_without_tls_nobody_comes_in(cluster: Cluster) -> None:
    answer = cluster.client(
        "team-ingestion", "produce", {"topic": OWN, "values": ["x"]}, security_protocol="SASL_PLAINTEXT"
    )
    assert answer["refused"] == "TimeoutException"


def test_a_client_does_not_trust_another_authority(cluster: Cluster) -> None:
    stranger = Authority(cluster.folder / "stranger")
    answer = cluster.client(
        "team-ingestion",
        "produce",
        {"topic": OWN, "values": ["x"]},
        ssl_truststore_location=str(stranger.certificate),
    )
    assert answer["refused"] == "SslAuthenticationException"


@pytest.mark.parametrize(
    ("claims", "refused"),
    [
        ({}, None),
        ({"client_id": "team-science"}, "TopicAuthorizationException"),
        ({"aud": "another"}, "SaslAuthenticationException"),
        ({"iss": "https://elsewhere.example.com"}, "SaslAuthenticationException"),
        ({"exp": 1_000_000_000}, "SaslAuthenticationException"),
    ],
    ids=["valid", "another-team", "another-audience", "another-issuer", "expired"],
)
def test_a_token_of_the_issuer_is_as_good_as_a_password(
    cluster: Cluster, issuer: Issuer, claims: dict, refused: str | None
) -> None:
    now = int(time.time())
    valid = {
        "iss": "https://login.example.internal/realms/lake",
        "aud": "kafka",
        "sub": "9c1d",
        "client_id": "team-ingestion",
        "iat": min(now, int(claims.get("exp", now)) - 60),
        "exp": now + 600,
    }
    module = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    answer = cluster.client(
        "team-ingestion",
        "produce",
        {"topic": OWN, "values": ["t"]},
        sasl_mechanism="OAUTHBEARER",
        sasl_jaas_config=f"{module} required;",
        sasl_login_callback_handler_class="org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        sasl_oauthbearer_token_endpoint_url=issuer.token(**(valid | claims)),
    )
    assert answer.get("refused") == refused, json.dumps(answer)


def test_a_broker_that_is_gone_stops_nobody(cluster: Cluster) -> None:
    gone = cluster.brokers[-1]
    assert gone.process
    gone.process.kill()
    gone.process.wait()
    try:
        assert cluster.client("team-ingestion", "produce", {"topic": OWN, "values": ["d"] * 50}) == {"sent": 50}
    finally:
        cluster.start_node(gone)
        cluster.wait_for_brokers()
