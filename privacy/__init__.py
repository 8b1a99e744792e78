"""Photo in, photo out: this floor stores nothing and knows nobody."""

import os

# onnxruntime's packages count what they are used for, keep a number for this computer in the home folder and send both
# to their maker, unless they are told not to before they are loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
