"""What programs may ask and send: /api/v1. Nothing here knows of HTTP servers; `server.py` hands requests in.

door = one request from token to answer · incoming, facts = what is sent · reading, outgoing = what is asked ·
once = Idempotency-Key · rate = how often · document = the OpenAPI document · answers = what each of them gives back
"""
