"""A camera over RTSP that shows the true clock: GStreamer's server, its pictures from standard input. No encoder.

Runs under the system's Python, which has its bindings. Each picture comes as its length in four bytes, then an H.264
access unit, and is sent on as it comes to whoever asks for /main.
"""

from __future__ import annotations

import struct
import sys
import threading
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

CAPS = "video/x-h264,stream-format=byte-stream,alignment=au"


class Fed(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[Any] = []
        self.set_shared(True)
        self.set_launch(
            f"( appsrc name=pictures is-live=true do-timestamp=true format=time caps={CAPS} "
            "! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 )"
        )
        self.connect("media-configure", self.on_configure)

    def on_configure(self, _factory: object, media: Any) -> None:
        self.sources = [media.get_element().get_by_name("pictures")]

    def read(self) -> None:
        while head := sys.stdin.buffer.read(4):
            data = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
            for source in self.sources:
                source.emit("push-buffer", Gst.Buffer.new_wrapped(data))
        GLib.idle_add(LOOP.quit)


LOOP = GLib.MainLoop()


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])
    fed = Fed()
    server.get_mount_points().add_factory("/main", fed)
    server.attach(None)
    threading.Thread(target=fed.read, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    LOOP.run()


if __name__ == "__main__":
    main()
