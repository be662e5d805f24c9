"""How the web process serves: threads, so that slow senders keep nobody else waiting."""

# The processes share the memory of what was loaded before they were forked; connections to the
# database are opened after it.
preload_app = True
worker_class = "gthread"
workers = 2
threads = 16
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True
# Tokens stand in paths: what was asked for is never logged.
accesslog = None
errorlog = "-"
# Warnings quote requests that are no HTTP, and tokens with them.
loglevel = "error"
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
