from tests.assessments.evidence.trees import CODE, job, outcome, probe

PIPELINE = "// pipeline\npipeline {\n  agent any\n  stages { stage('Build') { steps { sh 'make' } } }\n}\n"


def test_workflows_alone_are_met():
    assert outcome("jenkinsfile", job("- run: make")) == "met"


def test_both_are_partly():
    finding = probe("jenkinsfile", job("- run: make") | {"Jenkinsfile": PIPELINE})
    assert (str(finding.outcome), finding.evidence[0].line, finding.evidence[0].what) == (
        "partly",
        2,
        "declarative pipeline of 1 stages",
    )


def test_jenkins_alone_is_not_met():
    assert outcome("jenkinsfile", CODE | {"Jenkinsfile": "node('linux') {\n checkout scm\n}"}) == "not met"


def test_a_pipeline_in_a_comment_is_none():
    assert (
        outcome("jenkinsfile", CODE | {"Jenkinsfile": "/*\npipeline {\n}\n*/\ndef x = '''\nnode {\n'''"})
        == "not applicable"
    )


def test_neither_is_not_applicable():
    assert outcome("jenkinsfile", CODE) == "not applicable"
