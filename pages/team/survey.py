"""What one survey says: who answered, where the team agrees, what to discuss, what has changed, in whose words."""

from data.access import Action
from pages.ui import (
    demo,
    survey_about,
    survey_agreed,
    survey_beside,
    survey_head,
    survey_items,
    survey_split,
    survey_take,
)
from pages.ui.guard import require

user = require(Action.VIEW)

demo.leave_when_removed()
shown = survey_head.read(user)
survey_head.title(shown)
demo.label(user, shown.view.wave.is_demo)
survey_head.stop_without_result(shown)
survey_about.cards(shown)
survey_about.notes(user, shown)
survey_agreed.section(shown)
survey_split.section(shown)
survey_items.areas(shown)
survey_beside.section(shown)
survey_items.comments(shown)
survey_about.method(shown)
survey_take.section(shown)
