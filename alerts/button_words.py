"""Every sentence of the button page. The page carries all languages, so that it can change offline."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS = {
    "title": _("Alert button"),
    "exercise": _("Exercise"),
    "settings": _("Settings"),
    "back": _("Back"),
    "cancel": _("No, go back"),
    # where the link stands
    "link_ok": _("Connected"),
    "link_none": _("No network"),
    "link_away": _("The centre does not answer"),
    "link_looking": _("Connecting…"),
    # first opening
    "setup_title": _("Make this phone an alert button"),
    "setup_why": _("The centre gave you a key, as a link, a square code or a line of letters."),
    "setup_label": _("Device key"),
    "setup_go": _("Use this key"),
    "setup_checking": _("Checking…"),
    "setup_empty": _("Type or paste the whole key. It begins with nsk_."),
    "setup_unreachable": _(
        "The centre cannot be reached to check the key. Look at the network, then try again."
    ),
    "setup_keep": _("The key stays on this phone. Anybody who holds the phone can call the centre with it."),
    # ready
    "alert": _("Alert"),
    "hold": _("Hold for 1 second"),
    "hold_more": _("Released too soon: nothing was sent. Hold until the ring is full."),
    "hold_again": _("Activate once more to call the centre."),
    "holding": _("Keep holding…"),
    "ready_next": _("The centre sees this place at once, looks with its cameras and answers you here."),
    "ready_offline": _("No network. A press is kept on this phone and sent as soon as there is one."),
    "ready_away": _("The centre does not answer. A press is kept on this phone and sent again and again."),
    "out_of_service": _("This button is out of service: it warns nobody. In danger, dial 17 or 112."),
    "last_test": _("Last test: %(time)s"),
    "never_tested": _("Never tested"),
    "test_due": _("Last test: %(time)s. A test is due."),
    "test": _("Test"),
    "discreet": _("Discreet"),
    # calling
    "sending": _("Sending…"),
    "sending_next": _("Stay where you are safe."),
    "waiting": _("Not sent yet"),
    "waiting_next": _("This phone keeps trying by itself. Leave this page open."),
    "waiting_in": _("Next try in %(seconds)s s"),
    "waiting_now": _("Trying now…"),
    "waiting_stop": _("Stop trying"),
    "waiting_stop_sure": _("Stop? The centre has not heard you."),
    "waiting_stop_yes": _("Yes, stop"),
    "received": _("Received at %(time)s"),
    "received_next": _("The centre is looking."),
    "taken": _("An operator has your alert"),
    "taken_next": _("Since %(time)s. You can write below; keep the phone with you."),
    "mistaken": _("You said it was a mistake"),
    "mistaken_next": _("The centre checks all the same. If you are in danger, press again."),
    "closed": _("Closed at %(time)s"),
    "closed_next": _("The centre has finished with this alert. The button is ready again."),
    "refused": _("Not received"),
    "refused_next": _("In danger, dial 17 or 112."),
    "again_queued": _("Another press is on its way."),
    "lost": _("No answer since %(time)s. Your alert stands at the centre."),
    "number": _("Alert %(number)s"),
    "presses": _("%(n)s presses"),
    "step_pressed": _("Pressed"),
    "step_received": _("Received"),
    "step_taken": _("Taken"),
    "step_closed": pgettext_lazy("alert", "Closed"),
    "call_again": _("Hold to call again"),
    "mistake": _("It was a mistake"),
    "mistake_sure": _("Tell the centre that it was a mistake?"),
    "mistake_yes": _("Yes, a mistake"),
    "done": _("Back to the button"),
    "dial": _("Dial %(number)s"),
    "text_114": _("Text 114"),
    # words with the centre
    "talk": _("Write to the centre"),
    "talk_send": _("Send"),
    "talk_centre": _("Centre"),
    "talk_you": _("You"),
    "talk_pending": _("not sent yet"),
    "talk_failed": _("not received"),
    "quick_silent": _("I cannot speak"),
    "quick_hurt": _("Somebody is hurt"),
    "quick_shut": _("We are locked in"),
    "quick_gone": _("They have left"),
    # test
    "trial_title": _("Test this button"),
    "trial_why": _("The centre writes the test down. It opens nothing and sends nobody."),
    "trial_go": _("Send a test"),
    "trial_sending": _("Sending the test…"),
    "trial_ok": _("Test received at %(time)s"),
    "trial_ok_next": _("This button works."),
    "trial_bad": _("The test did not reach the centre"),
    # settings
    "language": _("Language"),
    "discreet_why": _("No sound, no vibration, a dark screen without red."),
    "place": _("Send my position"),
    "place_why": _(
        "Only with a press, and only when the phone knows it at once. Else the place of the site."
    ),
    "place_denied": _("The phone refuses. Allow the position in its settings."),
    "forget": _("Forget the key"),
    "forget_why": _("This phone will no longer be an alert button."),
    "forget_sure": _("Forget the key on this phone?"),
    "forget_yes": _("Yes, forget it"),
}


def every_language() -> dict[str, dict[str, str]]:
    """{language: {key: sentence}} for the page to choose from."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = {key: str(sentence) for key, sentence in WORDS.items()}
    return words
