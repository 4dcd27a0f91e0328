import json
import os
import ssl
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

identity = Path("/var/run/secrets/kubernetes.io/serviceaccount")
namespace = (identity / "namespace").read_text()
pods = f"https://kubernetes.default.svc/api/v1/namespaces/{namespace}/pods"


def attempt(method, url, body=None):
    headers = {
        "Authorization": f"Bearer {(identity / 'token').read_text()}",
        "Content-Type": "application/json",
    }
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers, method=method)
    trust = ssl.create_default_context(cafile=identity / "ca.crt")
    try:
        with urllib.request.urlopen(request, context=trust) as answer:
            return f"{answer.status}"
    except HTTPError as error:
        return f"{error.code} {json.load(error)['message']}"


def pod(owner, **spec):
    container = {
        "name": "main",
        "image": "example.com/main:1",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    context = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "trespass", "ownerReferences": owner},
        "spec": {"securityContext": context, "containers": [container], **spec},
    }


with urllib.request.urlopen(
    urllib.request.Request(
        f"{pods}/{os.environ['POD_NAME']}",
        headers={"Authorization": f"Bearer {(identity / 'token').read_text()}"},
    ),
    context=ssl.create_default_context(cafile=identity / "ca.crt"),
) as answer:
    me = json.load(answer)["metadata"]
mine = [{"apiVersion": "v1", "kind": "Pod", "name": me["name"], "uid": me["uid"]}]
print(
    json.dumps(
        {
            "delete the pod of another": attempt("DELETE", f"{pods}/somebody-elses"),
            "make a pod that outlives the notebook": attempt("POST", pods, pod([])),
            "make a pod that is no executor": attempt("POST", pods, pod(mine)),
        }
    )
)
