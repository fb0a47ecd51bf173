"""What the integration and e2e tests stand on: the real programs against a real PostgreSQL and a real Kafka."""
