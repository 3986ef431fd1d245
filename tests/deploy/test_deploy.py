"""What is in deploy/ can be read, names what there is, and keeps to the rules that an operator relies on."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.client import PATIENCE
from bot.consult.outcome import Consultation, CrisisReferral
from bot.health import Address
from bot.metrics import Metrics
from bot.safety.verdicts import SCREEN_FAILED
from bot.secret_files import file_names
from bot.settings import Settings
from tests.conftest import REPOSITORY
from tests.deploy.dockerfile import faults, stages
from tests.meta.packages import locked

DEPLOY = REPOSITORY / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))
UNIT = (DEPLOY / "supervision-assistant.service").read_text(encoding="utf-8")
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))

_SETTINGS = {*Settings.names(), *file_names(Settings.secrets())}
_STOP = PATIENCE + 6
"""Seconds that a stop takes at most: docs/discord.md."""


def _object(kind: str) -> dict[str, Any]:
    (found,) = [one for one in KUBERNETES if one["kind"] == kind]
    return found


def _container() -> dict[str, Any]:
    (found,) = _object("Deployment")["spec"]["template"]["spec"]["containers"]
    container: dict[str, Any] = found
    return container


def _unit(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


def _dockers() -> dict[str, str]:
    return {one.name: one.text for one in stages(DOCKERFILE)[-1]}


def test_the_dockerfile_keeps_to_the_rules() -> None:
    assert faults(DOCKERFILE, REPOSITORY) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("USER 10001:10001", "USER root", "not root"),
        ("USER 10001:10001", "USER 0", "not root"),
        ("/livez", "/", "no health check asks /livez"),
        ('ENTRYPOINT ["supervision-bot"]', "ENTRYPOINT supervision-bot", "through a shell"),
        ("COPY bot bot", "ADD bot bot", "ADD fetches"),
        ("COPY bot bot", "COPY robot bot", "there is no robot to copy"),
        ("python:${PYTHON}\n", "python:latest\n", "another image every week"),
        ("--require-hashes -r", "-r", "without hashes"),
        ("LOG_FORMAT=json", "DISCORD_TOKEN=x", "would keep a secret"),
        ('VOLUME ["/data"]', "", "no volume"),
    ],
)
def test_a_dockerfile_against_the_rules_would_be_found(before: str, after: str, said: str) -> None:
    assert before in DOCKERFILE
    assert said in "; ".join(faults(DOCKERFILE.replace(before, after), REPOSITORY))


def test_the_builder_gets_no_secret_and_all_that_the_image_copies() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        word
        for one in stages(DOCKERFILE)[0]
        if one.name == "COPY"
        for word in one.text.split()[:-1]
        if not word.startswith("--")
    }
    assert rules[0] == "*"
    assert copied == let_in


def test_the_compose_file_starts_the_bot_without_rights_and_after_its_database() -> None:
    bot = COMPOSE["services"]["bot"]
    assert (bot["read_only"], bot["cap_drop"], bot["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert bot["user"] == _dockers()["USER"]
    assert bot["depends_on"]["database"]["condition"] == "service_healthy"
    assert float(bot["stop_grace_period"].removesuffix("s")) > _STOP
    assert [volume.partition(":")[2] for volume in bot["volumes"]] == ["/data"]
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).exists()


def test_the_compose_file_holds_no_secret_opens_no_port_and_names_what_it_defines() -> None:
    for service in COMPOSE["services"].values():
        assert "ports" not in service
        secrets = service.get("secrets", [])
        assert set(secrets) <= set(COMPOSE["secrets"])
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])
        for name, value in service.get("environment", {}).items():
            if re.search("TOKEN|URL|KEY|PASSWORD", name) and name != "CHROMA_URL":
                assert name.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in secrets
    assert all(re.search(r":\d", service["image"]) for service in COMPOSE["services"].values())
    assert set(COMPOSE["services"]["bot"]["environment"]) <= _SETTINGS


def test_the_secrets_beside_the_compose_file_are_never_committed() -> None:
    git = shutil.which("git")
    assert git is not None
    for secret in COMPOSE["secrets"].values():
        path = f"deploy/{secret['file']}"
        ran = subprocess.run([git, "check-ignore", "--quiet", path], cwd=REPOSITORY, check=False)  # noqa: S603  # fixed words
        assert ran.returncode == 0, f"git would take up {path}"


def test_every_object_of_kubernetes_has_its_kind_name_and_namespace() -> None:
    assert {one["kind"] for one in KUBERNETES} == {
        "Namespace",
        "ServiceAccount",
        "PersistentVolumeClaim",
        "Deployment",
        "NetworkPolicy",
    }
    for one in KUBERNETES:
        assert one["apiVersion"]
        if one["kind"] != "Namespace":
            assert one["metadata"]["namespace"] == _object("Namespace")["metadata"]["name"]


def test_kubernetes_runs_one_bot_without_rights_under_the_restricted_standard() -> None:
    spec = _object("Deployment")["spec"]
    pod = spec["template"]["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    assert pod["terminationGracePeriodSeconds"] > _STOP
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == _dockers()["USER"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert _container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert _container()["resources"]["limits"]["memory"]


def test_kubernetes_probes_what_the_bot_answers_and_mounts_what_it_names() -> None:
    container, pod = _container(), _object("Deployment")["spec"]["template"]["spec"]
    probes = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    secrets = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "secrets")
    for variable in container["env"]:
        assert variable["name"] in _SETTINGS
        assert not variable["name"].endswith("_FILE") or variable["value"].startswith(f"{secrets}/")
    claims = [
        volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume
    ]
    assert claims == [_object("PersistentVolumeClaim")["metadata"]["name"]]


@pytest.mark.parametrize(
    ("words", "open_to_others"),
    [
        (json.loads(_dockers()["CMD"]), False),
        (COMPOSE["services"]["bot"]["command"], False),
        (_container()["args"], True),
        (_unit("ExecStart")[0].split()[1:], False),
    ],
    ids=["Dockerfile", "compose", "Kubernetes", "systemd"],
)
def test_each_starts_the_bot_with_words_that_it_understands(*, words: list[str], open_to_others: bool) -> None:
    command, option, address = words
    assert (command, option) == ("run", "--health")
    assert Address.read(address).port == 8080
    assert Address.read(address).private is not open_to_others


def _verifiable(folder: Path) -> Path:
    """Return the unit with a program that is here in the place of ours."""
    unit = folder / "supervision-assistant.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT, flags=re.MULTILINE))
    return unit


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        # systemd is no package of ours and not on every machine; the rules of ours above check the unit there too.
        pytest.skip("there is no systemd-analyze here")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)  # noqa: S603  # fixed words


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    ran = _analyze("verify", str(_verifiable(tmp_path)))
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")


def test_systemd_would_find_a_slip_in_the_unit(tmp_path: Path) -> None:
    unit = _verifiable(tmp_path)
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSistem=strict"))
    ran = _analyze("verify", str(unit))
    assert "ProtectSistem" in ran.stderr


def test_systemd_calls_the_units_exposure_low(tmp_path: Path) -> None:
    ran = _analyze("security", "--offline=yes", "--threshold=20", str(_verifiable(tmp_path)))
    assert ran.returncode == 0, ran.stdout[-200:]


def test_the_unit_gives_the_token_as_a_credential_and_time_to_stop() -> None:
    names = [line.partition("=")[0] for line in _unit("Environment")]
    assert set(names) - {"PYTHONDONTWRITEBYTECODE"} <= _SETTINGS
    assert _unit("LoadCredential")[0].startswith("discord-token:")
    assert "DISCORD_TOKEN_FILE=%d/discord-token" in _unit("Environment")
    assert float(_unit("TimeoutStopSec")[0].removesuffix("s")) > _STOP


def test_the_dashboard_asks_for_metrics_and_labels_that_exist() -> None:
    metrics = Metrics()
    metrics.consulted(Consultation(CrisisReferral(SCREEN_FAILED), {"total": 1.0}))
    metrics.model_answered("provider:model", 1)
    metrics.model_failed("provider:model", "refused")
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            labels.setdefault(sample.name, {"instance", "job"}).update(sample.labels)
    asked = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    assert asked
    for expression in asked:
        named = re.findall(r"\b(?:supervision|process)_\w+", expression)
        assert named
        assert set(named) <= set(labels)
        used = re.findall(r"by \(([\w, ]+)\)", expression) + re.findall(r"(\w+)!?=~?\"", expression)
        assert {label for group in used for label in group.split(", ")} <= set().union(
            *(labels[name] for name in named)
        )


def test_the_dashboard_shows_every_metric_of_ours() -> None:
    shown = json.dumps(DASHBOARD)
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"^\| `(supervision_\w+)`", page, re.MULTILINE) if name not in shown] == []


def test_the_panels_of_the_dashboard_do_not_lie_over_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_a_chroma_server_is_there_for_who_wants_it_without_rights_and_of_the_version_that_we_know() -> None:
    chroma = COMPOSE["services"]["chroma"]
    assert chroma["profiles"] == ["chroma"]
    (version,) = [one.version for one in locked(REPOSITORY / "requirements.lock") if one.requirement.name == "chromadb"]
    text = (DEPLOY / "kubernetes-chroma.yaml").read_text(encoding="utf-8")
    objects = {one["kind"]: one for one in yaml.safe_load_all(text)}
    assert sorted(objects) == ["NetworkPolicy", "Service", "StatefulSet"]
    assert {one["metadata"]["namespace"] for one in objects.values()} == {"supervision-assistant"}
    pod = objects["StatefulSet"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert chroma["image"] == container["image"] == f"chromadb/chroma:{version}"
    assert (chroma["cap_drop"], chroma["read_only"], "ports" in chroma) == (["ALL"], True, False)
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    (reaching,) = objects["NetworkPolicy"]["spec"]["ingress"]
    (who,) = reaching["from"]
    bot = _object("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert who["podSelector"]["matchLabels"] == bot
