"""Sends events, one a line, and hopes."""

import os
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"], "acks": "1"})
for line in sys.stdin.buffer:
    producer.produce(os.environ["EVENTS_TOPIC"], line.strip())
producer.flush()
