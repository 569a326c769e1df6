"""A Flask application with what people use Flask for: forms, uploads, streams, JSON, a factory."""
import hashlib

from flask import Flask, Response, jsonify, request, session


def create_app(name='site'):
    app = Flask(name)
    app.secret_key = 'for tests only'

    @app.post('/upload')
    def upload():
        file = request.files['file']
        digest = hashlib.sha256()
        size = 0
        for block in iter(lambda: file.stream.read(65536), b''):
            digest.update(block)
            size += len(block)
        return jsonify(name=file.filename, size=size, sha256=digest.hexdigest(), note=request.form['note'])

    @app.get('/stream')
    def stream():
        return Response(('%d\n' % n for n in range(1000)), mimetype='text/plain')

    @app.get('/visits')
    def visits():
        session['n'] = session.get('n', 0) + 1
        return str(session['n'])

    @app.get('/fails')
    def fails():
        raise RuntimeError('Flask fails on purpose')

    return app
