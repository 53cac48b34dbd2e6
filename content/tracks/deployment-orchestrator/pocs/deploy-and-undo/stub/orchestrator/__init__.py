from orchestrator.core import DeploymentFailed, Orchestrator, ValidationFailed

__all__ = ["DeploymentFailed", "Orchestrator", "ValidationFailed"]
