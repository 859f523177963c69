# RFC 6120 4.4, 4.9.1.1: how streams end.

# The client's goodbye is answered, at every point of the way.
early opens a stream
early sends bytes:
    </stream:stream>
early receives the end
early is cut off

secured opens a TLS connection
secured opens a stream
secured sends bytes:
    </stream:stream>
secured receives the end
secured is cut off

Romeo logs in
Romeo sends bytes:
    </stream:stream>
Romeo receives the end
Romeo is cut off

# What was said before it counts, what is said behind it does not.
Juliet is online
Mercutio connects
Mercutio sends bytes:
    <message to='{juliet}' id='last'><body>A plague on both your houses!</body></message></stream:stream><message to='{juliet}' id='late'><body>They have made worms' meat of me</body></message>
Mercutio receives the end
Mercutio is cut off
Juliet receives:
    <message from='{mercutio}/home' to='{juliet}' id='last'><body>A plague on both your houses!</body></message>
Juliet receives nothing

# The client says that there was an error: the stream is closed, and nobody answers an error with an error.
Tybalt connects
Tybalt sends:
    <stream:error><invalid-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
Tybalt receives the end
Tybalt is cut off

# An end before there was a beginning
nothing opens a connection
nothing sends bytes:
    </stream:stream>
nothing receives the header
nothing receives:
    <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
nothing receives the end
nothing is cut off

# Half-closed: who shuts its side says no more, and so do we.
half opens a stream
half sends no more
half is cut off

# ... but is told what was wrong with what it had said before.
wrong opens a stream
wrong sends bytes:
    <a></b>
wrong sends no more
wrong receives:
    <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
wrong receives the end
wrong is cut off
