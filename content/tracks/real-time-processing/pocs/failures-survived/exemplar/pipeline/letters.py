"""Where events go that can never be counted, with what is needed to find out why and to send them again."""

from confluent_kafka import KafkaError, KafkaException, Message

from pipeline.publish import producer


class DeadLetters:
    def __init__(self, bootstrap: str, topic: str, seconds: float = 30):
        self._producer = producer(bootstrap, seconds)
        self._topic = topic
        self._seconds = seconds

    def put(self, message: Message, reason: str) -> None:
        """Returns when it is safe. Raises KafkaException when it is not, and then nothing may be committed."""
        errors: list[KafkaError | None] = []
        self._producer.produce(
            self._topic,
            key=message.key(),
            value=message.value(),
            headers={
                "reason": reason.encode(),
                "source": f"{message.topic()}/{message.partition()}/{message.offset()}".encode(),
            },
            on_delivery=lambda error, _: errors.append(error),
        )
        self._producer.flush(self._seconds + 5)
        if errors != [None]:
            raise KafkaException(errors[0] if errors else KafkaError(KafkaError._TIMED_OUT))
