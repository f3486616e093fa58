"""Keys of the buttons. Two are told to whoever runs the demonstration; those of the others nobody knows."""

from __future__ import annotations

from accounts.models import DeviceKey
from alerts.actions import give_key, take_back_keys
from alerts.models import AlertDevice
from nice_supervision.demo import kept

TOLD = ("BTN-ECO-012", "BTN-COM-004")


def load() -> int:
    """How many keys were given. A key that was told and still works is told again, not replaced."""
    given = 0
    told: list[kept.ButtonKey] = []
    working = {button["device"]: button for button in kept.buttons() if _works(button)}
    buttons = AlertDevice.objects.filter(exercise=True, kind=AlertDevice.Kind.BUTTON)
    for device in buttons.select_related("site"):
        if device.code in TOLD and device.code not in working:
            take_back_keys(actor=None, device=device)
            told.append(_told(device, give_key(actor=None, device=device)))
            given += 1
        elif device.code in TOLD:
            told.append(working[device.code])
        elif not device.keys.filter(revoked_at=None).exists():
            give_key(actor=None, device=device)
            given += 1
    kept.keep(kept.buttons_path(), sorted(told, key=lambda button: TOLD.index(button["device"])))
    return given


def _works(button: kept.ButtonKey) -> bool:
    key = DeviceKey.objects.find(button["key"])
    return key is not None and key.is_usable and key.alert_devices.filter(code=button["device"]).exists()


def _told(device: AlertDevice, secret: str) -> kept.ButtonKey:
    # After "#", so that no server and no proxy on the way ever reads the key.
    return {"site": device.site.code, "device": device.code, "key": secret, "link": f"/button/#key={secret}"}
