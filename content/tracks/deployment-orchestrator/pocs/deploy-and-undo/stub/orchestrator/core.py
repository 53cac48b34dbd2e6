"""The first orchestrator, in the style of a script: on good days it deploys."""

import asyncio
import subprocess


class ValidationFailed(Exception):
    pass


class DeploymentFailed(Exception):
    pass


class Command:
    def __init__(self, name, does, undoes):
        self.name, self.does, self.undoes = name, does, undoes

    async def execute(self, version):
        subprocess.run(self.does.format(version=version), shell=True, check=True)

    async def undo(self, version):
        subprocess.run(self.undoes.format(version=version), shell=True, check=True)


async def validate(validators, version):
    await asyncio.gather(*[each.check(version) for each in validators])


async def run(steps, validators, version):
    try:
        await validate(validators, version)
        for step in steps:
            await step.execute(version)
    except:
        for step in steps:
            await step.undo(version)
        raise DeploymentFailed(f"{version} failed")


class Orchestrator:
    def __init__(self, steps, validators=()):
        self.steps, self.validators = steps, validators

    def deploy(self, version):
        return run(self.steps, self.validators, version)
