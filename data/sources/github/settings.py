"""How a source wants to be read: what stands in `Source.settings`."""

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """incident_labels: issues with one of them are incidents; None: nobody has chosen, then it is "incident", and that
    there are none does not mean that none happened. jobs_at_most: runs of which jobs are fetched in one sync.
    history_start: microseconds; what is older is not read, None = from the first. poll_minutes: how often it is read,
    None = as often as is good for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    incident_labels: tuple[str, ...] | None = None
    jobs_at_most: int = Field(0, ge=0, le=1_000)
    history_start: int | None = Field(None, ge=0)
    poll_minutes: int | None = Field(None, ge=5, le=1_440)

    @property
    def labels(self) -> set[str]:
        """Of incidents, in small letters."""
        chosen = ("incident",) if self.incident_labels is None else self.incident_labels
        return {label.strip().casefold() for label in chosen if label.strip()}
