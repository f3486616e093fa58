"""How the OpenAPI document describes a device key."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class DeviceKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.DeviceAuthentication"
    name = "deviceKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": (
                "`Device ` followed by the key the centre gave for this device, shown once when it was made: "
                "`Authorization: Device nsk_…`. A key that is unknown or revoked is answered 401 with a "
                "problem document whose `code` is `unknown-key` or `revoked-key`."
            ),
        }
