"""Domes that do not exist, for tests and for the demonstration city: ONVIF, RTSP, a head that takes its time.

One process serves several. Whoever speaks ONVIF to one finds no difference from a thing of metal: it signs in by
digest, turns at its own speed, keeps presets, sends H.264 that shows where it looks. `misbehave` makes it fail as
they fail in the street.
"""
