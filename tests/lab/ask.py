"""A controller of somebody else's make: POSTs messages of the Open MPIC API to a
perspective over one connection, and prints its answers.

    ask.py ADDRESS PORT NAME FOLDER COUNT < {"path": …, "body": …}

FOLDER holds ca.pem, controller.pem and controller.key; the message is sent COUNT times;
each answer is one line, [status, body].
"""

import http.client
import json
import socket
import ssl
import sys


def main():
    address, port, name, folder, count = sys.argv[1:]
    message = json.load(sys.stdin)
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    context.load_cert_chain(f"{folder}/controller.pem", f"{folder}/controller.key")
    connection = http.client.HTTPSConnection(name, int(port), context=context)
    plain = socket.create_connection((address, int(port)))
    connection.sock = context.wrap_socket(plain, server_hostname=name)
    for _ in range(int(count)):
        body = message["body"]
        if not isinstance(body, str):
            body = json.dumps(body)
        connection.request(message.get("method", "POST"), message["path"], body)
        response = connection.getresponse()
        print(json.dumps([response.status, json.loads(response.read())]))
    connection.close()


if __name__ == "__main__":
    main()
