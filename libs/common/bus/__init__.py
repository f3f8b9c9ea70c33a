"""RabbitMQ: events by outbox, relay and inbox; RPC with deadlines. Only this package, the
`service` and the `clients` rooms know nameko, kombu or amqp.
"""
