import base64

from tests.assessments.evidence.trees import outcome, probe

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n%s\n"
SEALED = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\n"


def test_sealed_encrypted_or_fetched_is_met():
    assert outcome("k8s-secrets", {"a.yaml": SEALED}) == "met"
    assert outcome("k8s-secrets", {"a.yaml": SECRET % "data: {a: ENC}\nsops: {mac: x}"}) == "met"


def test_a_value_in_clear_is_not_met_and_not_shown():
    hidden = base64.b64encode(b"hunter22").decode()
    finding = probe("k8s-secrets", {"a.yaml": SECRET % f"data: {{password: {hidden}}}"})
    assert (str(finding.outcome), finding.evidence[0].what) == ("not met", "Secret db holds password")


def test_both_are_partly():
    assert outcome("k8s-secrets", {"a.yaml": SEALED, "b.yaml": SECRET % "stringData: {a: hunter22}"}) == "partly"


def test_placeholders_and_none_are_not_applicable():
    hidden = base64.b64encode(b"changeme").decode()
    assert outcome("k8s-secrets", {"a.yaml": SECRET % f"data: {{a: {hidden}}}"}) == "not applicable"
    assert outcome("k8s-secrets", {"a.yaml": SECRET % "stringData: {a: '<your password>'}"}) == "not applicable"
    assert outcome("k8s-secrets", {"README.md": ""}) == "not applicable"


def test_what_is_secret_is_named_first():
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {host: a, port: b, password: k8Jm2pQx}\n"
    finding = probe("k8s-secrets", {"deploy/s.yaml": secret})
    assert finding.evidence[0].what.startswith("Secret db holds password")
