"""Deploys a version in steps that can be undone."""

from orchestrator.core import DeploymentFailed, Event, Orchestrator, Step, ValidationFailed, Validator

__all__ = ["DeploymentFailed", "Event", "Orchestrator", "Step", "ValidationFailed", "Validator"]
