# RFC 6121 5.2: every type of message arrives as it was sent, also one that nobody knows, which is a normal message; and all that is in it.

Juliet is online
Romeo connects
Romeo sends:
    <message to='{juliet}' id='b0'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' id='b0'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet/home}' id='f0'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' id='f0'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet}' type='normal' id='b1'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='normal' id='b1'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet/home}' type='normal' id='f1'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='normal' id='f1'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet}' type='chat' id='b2'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='b2'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet/home}' type='chat' id='f2'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='chat' id='f2'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet}' type='headline' id='b3'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='headline' id='b3'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet/home}' type='headline' id='f3'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='headline' id='f3'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet}' type='whisper' id='b4'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='whisper' id='b4'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Romeo sends:
    <message to='{juliet/home}' type='whisper' id='f4'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='whisper' id='f4'><subject>I implore thee!</subject><subject xml:lang='cs'>&#xDA;p&#x11B;nliv&#x11B; pros&#xED;m!</subject><body>Wherefore art thou, Romeo?</body><body xml:lang='cs'>Pro&#x10D;e&#x17E; jsi ty, Romeo?</body><thread parent='e0ffe42b28561960c6b12b944a092794b9683a38'>0e3141cd80894871a68e6fe6b1ec56fa</thread><x xmlns='urn:example:x'><y a='1'/></x></message>
# with nothing in it, and without an id
Romeo sends:
    <message to='{juliet}'/>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}'/>
Romeo receives nothing
