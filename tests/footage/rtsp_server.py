"""A camera made of GStreamer's RTSP server. Runs under the system's Python, which has its bindings.

    /usr/bin/python3 tests/footage/rtsp_server.py --port 8554 --file loop.mp4 [--user u --password p]

Every client of /main (and /sub) gets the same stream, looped for ever, paced by its own clock: H.264 or
H.265 as it lies in the file, nothing encoded here.
"""

from __future__ import annotations

import argparse
import signal
import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


class Looped(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    """Elementary stream read over and over: the parser makes the clock from its frame rate."""

    def __init__(self, path: str, codec: str, fps: int, user: str) -> None:
        super().__init__()
        caps = f"video/x-{codec},stream-format=byte-stream,alignment=au,framerate={fps}/1"
        self.set_launch(
            f"( multifilesrc location={path} loop=true caps=video/x-{codec},stream-format=byte-stream "
            f"! {codec}parse config-interval=-1 ! {caps} "
            f"! identity name=pace ! identity sync=true ! rtp{codec}pay name=pay0 pt=96 )"
        )
        self.fps = fps
        self.set_shared(True)
        if user:
            self.add_role_from_structure(_role("viewer"))
        self.connect("media-configure", self.on_configure)

    def on_configure(self, _factory: object, media: Any) -> None:
        """The parser knows no time in a raw file: count the frames."""
        pace = media.get_element().get_by_name("pace")
        pad = pace.get_static_pad("src")
        count = [0]
        step = Gst.SECOND // self.fps

        def stamp(_pad: object, info: Any) -> Any:
            buffer = info.get_buffer()
            buffer.pts = buffer.dts = count[0] * step
            buffer.duration = step
            count[0] += 1
            return Gst.PadProbeReturn.OK

        pad.add_probe(Gst.PadProbeType.BUFFER, stamp)


def _role(name: str) -> Any:
    role = Gst.Structure.new_empty(name)
    role.set_value("media.factory.access", True)
    role.set_value("media.factory.construct", True)
    return role


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mount", action="append", default=[], help="/path=file:codec:fps")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    if options.user:
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_digest(options.user, options.password, token)
        server.set_auth(auth)
    mounts = server.get_mount_points()
    for mount in options.mount:
        path, rest = mount.split("=", 1)
        file, codec, fps = rest.rsplit(":", 2)
        mounts.add_factory(path, Looped(file, codec, int(fps), options.user))
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main()
