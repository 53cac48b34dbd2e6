"""Manifests of a service, with what is to be judged."""

POD = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: app
          image: {image}
          ports: [{{containerPort: 80}}]
{more}
"""


def pod(more="", name="a", image="b:1", replicas=1) -> str:
    return POD.format(more=more, name=name, image=image, replicas=replicas)
