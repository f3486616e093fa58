"""How a camera is turned: one class for each kind of device, and a twin in memory."""
