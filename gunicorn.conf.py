"""The web server: threads, so that a slow sender does not keep others waiting."""

import gc

# The processes share what was loaded before they were forked. Each opens its own connections to the
# database afterwards.
preload_app = True
worker_class = "web_worker.Worker"
logger_class = "web_worker.Log"
workers = 2
# They are started as they are needed. 20 slow senders must not take all of one process.
threads = 64
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True
# Proxies name no prefix to us. Some pass what a client sends under the names that gunicorn trusts.
forwarder_headers = ""
# Paths contain tokens, so requests are never logged.
accesslog = None
errorlog = "-"
# Warnings quote malformed requests, and with them tokens.
loglevel = "error"
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190


def when_ready(server: object) -> None:
    """Keep what was loaded shared after the fork: a collection would write into all of it."""
    gc.collect()
    gc.freeze()
