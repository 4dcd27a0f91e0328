"""JupyterHub as lakeport runs it. What differs between sites lies in values.json beside this file."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import lakehub  # noqa: E402

c = get_config()  # noqa: F821, JupyterHub has it in the scope of this file
values = json.loads((HERE / "values.json").read_text())

# --- The hub and its proxy --------------------------------------------------------------------------------------------

# A password for it is in the environment, where libpq looks for it.
c.JupyterHub.db_url = values["hub"]["database"]
c.JupyterHub.hub_bind_url = values["hub"]["bind"]
c.JupyterHub.hub_connect_url = values["hub"]["url"]
c.JupyterHub.bind_url = values["proxy"]["bind"]
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = values["proxy"]["api"]
# Servers run on while the hub starts anew.
c.JupyterHub.cleanup_servers = False
# A proxy that has started anew knows no routes; they are told again at this interval, in seconds.
c.JupyterHub.last_activity_interval = 60

# --- Who is let in ----------------------------------------------------------------------------------------------------

authentication = values["authentication"]
team_groups = {team["group"] for team in values["teams"]}
if authentication["kind"] == "oidc":
    found = lakehub.discover(authentication["issuer"])
    c.JupyterHub.authenticator_class = "generic-oauth"
    oauth = c.GenericOAuthenticator
    oauth.login_service = "the login of the platform"
    oauth.client_id = authentication["client_id"]
    oauth.client_secret = os.environ["OIDC_CLIENT_SECRET"]
    oauth.oauth_callback_url = authentication["callback"]
    oauth.authorize_url = found["authorization_endpoint"]
    oauth.token_url = found["token_endpoint"]
    oauth.userdata_url = found["userinfo_endpoint"]
    oauth.scope = authentication["scopes"]
    oauth.username_claim = authentication["username_claim"]
    oauth.manage_groups = True
    oauth.auth_state_groups_key = f"oauth_user.{authentication['groups_claim']}"
    admin_groups = set(authentication["admin_groups"])
    oauth.admin_groups = admin_groups
    oauth.allowed_groups = team_groups | admin_groups
else:
    import nativeauthenticator

    c.JupyterHub.authenticator_class = lakehub.Accounts
    c.JupyterHub.template_paths = [str(Path(nativeauthenticator.__file__).parent / "templates")]
    accounts = c.Accounts
    accounts.admin_name = authentication["admin"]
    accounts.admin_password = os.environ["ADMIN_PASSWORD"]
    accounts.admin_users = {authentication["admin"]}
    # Whom it lets in: those whom the administrator has let in.
    accounts.allow_all = True
    accounts.minimum_password_length = 12
    accounts.check_common_password = True
    accounts.allowed_failed_logins = 5
    accounts.seconds_before_next_try = 600
    c.JupyterHub.load_groups = {group: {"users": []} for group in team_groups}

# --- What servers are -------------------------------------------------------------------------------------------------

server = values["server"]
pod = server["pod"]
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.allow_named_servers = True
c.JupyterHub.named_server_limit_per_user = values["limits"]["named_servers"]
c.JupyterHub.active_server_limit = values["limits"]["active_servers"]

spawner = c.KubeSpawner
# Where a spawner looks before a team is chosen; a hub may look nowhere but at teams.
spawner.namespace = values["teams"][0]["namespace"]
spawner.image = server["image"]
spawner.cmd = ["jupyterhub-singleuser"]
spawner.port = server["port"]
spawner.start_timeout = server["start_timeout"]
spawner.http_timeout = 120
spawner.component_label = server["role"]
spawner.common_labels = server["common_labels"]
# POD_PREFIX of admission.ts
spawner.pod_name_template = "jupyter-{user_server}"
spawner.delete_grace_period = 30

# Each server has a home of its own, since a volume is of one node at a time; it stays when the server goes.
spawner.pvc_name_template = "home-{user_server}"
spawner.storage_pvc_ensure = True
spawner.delete_pvc = False
spawner.storage_class = server["storage_class"]
spawner.storage_capacity = server["storage"]
spawner.storage_access_modes = ["ReadWriteOnce"]

spawner.service_account = pod["service_account"]
spawner.automount_service_account_token = pod["automount_service_account_token"]
spawner.extra_labels = pod["labels"]
spawner.extra_annotations = pod["annotations"]
spawner.pod_security_context = pod["pod_security_context"]
spawner.container_security_context = pod["container_security_context"]
spawner.extra_pod_config = pod["extra_pod_config"]
spawner.volumes = pod["volumes"]
spawner.volume_mounts = pod["volume_mounts"]
spawner.environment = {
    name: variable["value"] if "value" in variable else {"name": name, **variable}
    for name, variable in pod["environment"].items()
}


def profile_list(spawner):
    """What the user may choose from."""
    return lakehub.profiles_for(values, {group.name for group in spawner.user.groups})


spawner.profile_list = profile_list

# --- What is stopped --------------------------------------------------------------------------------------------------

culling = values["culling"]
c.JupyterHub.services = [
    {
        "name": "culler",
        "command": [
            sys.executable,
            "-m",
            "jupyterhub_idle_culler",
            # By its Service it would reach itself only where a policy lets it.
            f"--url=http://127.0.0.1:{urlsplit(values['hub']['bind']).port}/hub/api",
            f"--timeout={culling['timeout']}",
            f"--cull-every={culling['every']}",
        ],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["culler"],
    }
]
