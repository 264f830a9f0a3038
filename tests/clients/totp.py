"""An authenticator app: reads the address that its QR code would show, and prints the code of a time step."""

import json
import sys
import time

import pyotp

argument = json.loads(sys.argv[1])
device = pyotp.parse_uri(argument["uri"])
assert isinstance(device, pyotp.TOTP), device
assert device.secret == argument["secret"], "both forms say the same"
assert (device.issuer, device.name) == ("Support System", argument["account"]), device
print(device.at(int(time.time()), counter_offset=argument["steps"]))
