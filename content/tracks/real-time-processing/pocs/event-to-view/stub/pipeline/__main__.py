"""Asks the forge every five minutes which deployments ended, and writes how many into Redis."""

import json
import os
import time
import urllib.request

from redis import Redis

redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))

while True:
    with urllib.request.urlopen(os.environ["FORGE_URL"] + "/deployments") as answer:
        for each in json.load(answer):
            redis.hset(f"board:{each['service']}:{each['day']}", each["outcome"], each["count"])
    time.sleep(300)
