"""What WTForms says of itself, in the words of the house: its own catalog is in English or incomplete."""

from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.kernel.errors import N_

CHOOSE, NUMBER = N_("请从列表中选择。"), N_("请填写数字。")
OTHER = N_("填写的内容不正确，请检查。")
WORDS = {
    "This field is required.": N_("必填。"),
    "Not a valid choice.": CHOOSE,
    "Invalid Choice: could not coerce.": CHOOSE,
    "'%(value)s' is not a valid choice for this field.": CHOOSE,
    "'%(value)s' are not valid choices for this field.": CHOOSE,
    "Not a valid integer value.": N_("请填写整数。"),
    "Not a valid decimal value.": NUMBER,
    "Not a valid float value.": NUMBER,
    "Not a valid date value.": N_("日期不正确，请写成 2026-03-31。"),
    "Invalid email address.": N_("邮箱格式不正确。"),
}


class FormWords:
    """Translations of WTForms' messages; what is not listed gets a general sentence, never English."""

    def gettext(self, message: str) -> str:
        """Return the sentence of a message."""
        # A message of ours is translated already, and comes through unchanged.
        return _(WORDS.get(message, OTHER)) if message.isascii() else message

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return the sentence of a message with a number in it, the number left out."""
        return self.gettext(singular if count == 1 else plural)


def init_form_words() -> None:
    """Let every form speak these words."""
    words = FormWords()

    def translations(_meta: Any, _form: Any) -> FormWords:
        return words

    FlaskForm.Meta.get_translations = translations
