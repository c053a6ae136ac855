// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// CURVE with zeromq.js, which NODE_PATH leads to.
//
// usage: node curve.js server ADMITTED-KEY
//            prints its endpoint and public key, then the messages it gets, until that is "stop"
//        node curve.js client ENDPOINT SERVER-KEY PUBLIC-KEY SECRET-KEY TEXT
//            sends a message

'use strict';

const zmq = require('zeromq');

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz' +
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

function encode(bytes) {
    let text = '';

    for (let i = 0; i < bytes.length; i += 4) {
        let value = bytes.readUInt32BE(i);
        let part = '';

        for (let j = 0; j < 5; j++) {
            part = alphabet[value % 85] + part;
            value = Math.floor(value / 85);
        }
        text += part;
    }

    return text;
}

async function answer(handler, admittedKey) {
    for await (const [version, request, , , , , key] of handler) {
        const admitted = encode(key) === admittedKey;

        await handler.send([version, request, ...admitted ? ['200', 'OK'] : ['400', 'no'], '', '']);
    }
}

async function serve(admittedKey) {
    const handler = new zmq.Reply();
    const server = new zmq.Pull();
    const keys = zmq.curveKeyPair();

    await handler.bind('inproc://zeromq.zap.01');
    answer(handler, admittedKey).catch(() => {});
    server.curveServer = true;
    server.curvePublicKey = keys.publicKey;
    server.curveSecretKey = keys.secretKey;
    server.zapDomain = 'test';
    await server.bind('tcp://127.0.0.1:*');
    console.log(server.lastEndpoint);
    console.log(keys.publicKey);
    for await (const [message] of server) {
        console.log(message.toString());
        if (message.toString() === 'stop')
            break;
    }
    server.close();
    handler.close();
}

async function send(endpoint, serverKey, publicKey, secretKey, text) {
    const client = new zmq.Push({linger: 0});

    client.curveServerKey = serverKey;
    client.curvePublicKey = publicKey;
    client.curveSecretKey = secretKey;
    client.reconnectInterval = 20;
    client.connect(endpoint);
    await client.send(text);
    console.log('sent');
    // Whoever started this ends it when the message has arrived, or long enough has not
    await new Promise(resolve => process.stdin.on('end', resolve).resume());
    client.close();
}

const [command, ...rest] = process.argv.slice(2);

(command === 'server' ? serve(...rest) : send(...rest)).catch(error => {
    console.error(error);
    process.exit(1);
});
