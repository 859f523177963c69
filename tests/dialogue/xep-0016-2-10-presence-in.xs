# XEP-0016 2.10: inbound presence blocked by JID, group, subscription and globally; contacts seem to go, and are there again.

Romeo is online
Juliet is online
Mercutio is online
Benvolio is online
Tybalt is online
Romeo sends:
    <iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{tybalt}'><group>Enemies</group></item></query></iq>
    <presence to='{juliet}' type='subscribe'/>
    <presence to='{benvolio}' type='subscribe'/>
Romeo receives:
    <iq type='result' id='r1' to='{romeo/home}'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Benvolio receives:
    <presence from='{romeo}' to='{benvolio}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
    <presence to='{romeo}' type='subscribe'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
    <presence from='{juliet}' to='{romeo}' type='subscribe'/>
Benvolio sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{benvolio}' to='{romeo}' type='subscribed'/>
    <presence from='{benvolio/home}' to='{romeo}'/>
Mercutio sends:
    <presence to='{romeo}' type='subscribe'/>
Romeo receives:
    <presence from='{mercutio}' to='{romeo}' type='subscribe'/>
Romeo sends:
    <presence to='{mercutio}' type='subscribed'/>
    <presence to='{juliet}' type='subscribed'/>
Mercutio receives:
    <presence from='{romeo}' to='{mercutio}' type='subscribed'/>
    <presence from='{romeo/home}' to='{mercutio}'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribed'/>
    <presence from='{romeo/home}' to='{juliet}'/>
Romeo sends:
    <iq type='set' id='presin-jid-example'><query xmlns='jabber:iq:privacy'><list name='presin-jid-example'><item type='jid' value='{tybalt}' action='deny' order='7'><presence-in/></item></list></query></iq>
    <iq type='set' id='a-presin-jid-example'><query xmlns='jabber:iq:privacy'><active name='presin-jid-example'/></query></iq>
Romeo receives:
    <iq type='result' id='presin-jid-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presin-jid-example'/></query></iq>
    <iq type='result' id='a-presin-jid-example' to='{romeo/home}'/>
Juliet sends:
    <presence to='{romeo}'><status>113</status></presence>
    <message to='{romeo}' type='chat' id='b113'><body>behind it</body></message>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><status>113</status></presence>
    <message from='{juliet/home}' to='{romeo}' type='chat' id='b113'><body>behind it</body></message>
Mercutio sends:
    <presence to='{romeo}'><status>114</status></presence>
    <message to='{romeo}' type='chat' id='b114'><body>behind it</body></message>
Romeo receives:
    <presence from='{mercutio/home}' to='{romeo}'><status>114</status></presence>
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='b114'><body>behind it</body></message>
Benvolio sends:
    <presence to='{romeo}'><status>115</status></presence>
    <message to='{romeo}' type='chat' id='b115'><body>behind it</body></message>
Romeo receives:
    <presence from='{benvolio/home}' to='{romeo}'><status>115</status></presence>
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='b115'><body>behind it</body></message>
Tybalt sends:
    <presence to='{romeo}'><status>116</status></presence>
    <message to='{romeo}' type='chat' id='b116'><body>behind it</body></message>
Romeo receives:
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='b116'><body>behind it</body></message>
Romeo sends:
    <iq type='set' id='presin-group-example'><query xmlns='jabber:iq:privacy'><list name='presin-group-example'><item type='group' value='Enemies' action='deny' order='8'><presence-in/></item></list></query></iq>
    <iq type='set' id='a-presin-group-example'><query xmlns='jabber:iq:privacy'><active name='presin-group-example'/></query></iq>
Romeo receives:
    <iq type='result' id='presin-group-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presin-group-example'/></query></iq>
    <iq type='result' id='a-presin-group-example' to='{romeo/home}'/>
Juliet sends:
    <presence to='{romeo}'><status>117</status></presence>
    <message to='{romeo}' type='chat' id='b117'><body>behind it</body></message>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><status>117</status></presence>
    <message from='{juliet/home}' to='{romeo}' type='chat' id='b117'><body>behind it</body></message>
Mercutio sends:
    <presence to='{romeo}'><status>118</status></presence>
    <message to='{romeo}' type='chat' id='b118'><body>behind it</body></message>
Romeo receives:
    <presence from='{mercutio/home}' to='{romeo}'><status>118</status></presence>
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='b118'><body>behind it</body></message>
Benvolio sends:
    <presence to='{romeo}'><status>119</status></presence>
    <message to='{romeo}' type='chat' id='b119'><body>behind it</body></message>
Romeo receives:
    <presence from='{benvolio/home}' to='{romeo}'><status>119</status></presence>
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='b119'><body>behind it</body></message>
Tybalt sends:
    <presence to='{romeo}'><status>120</status></presence>
    <message to='{romeo}' type='chat' id='b120'><body>behind it</body></message>
Romeo receives:
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='b120'><body>behind it</body></message>
Romeo sends:
    <iq type='set' id='presin-sub-example'><query xmlns='jabber:iq:privacy'><list name='presin-sub-example'><item type='subscription' value='to' action='deny' order='9'><presence-in/></item></list></query></iq>
    <iq type='set' id='a-presin-sub-example'><query xmlns='jabber:iq:privacy'><active name='presin-sub-example'/></query></iq>
Romeo receives in any order:
    <iq type='result' id='presin-sub-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presin-sub-example'/></query></iq>
    <iq type='result' id='a-presin-sub-example' to='{romeo/home}'/>
    <presence from='{benvolio}' to='{romeo/home}' type='unavailable'/>
Juliet sends:
    <presence to='{romeo}'><status>121</status></presence>
    <message to='{romeo}' type='chat' id='b121'><body>behind it</body></message>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><status>121</status></presence>
    <message from='{juliet/home}' to='{romeo}' type='chat' id='b121'><body>behind it</body></message>
Mercutio sends:
    <presence to='{romeo}'><status>122</status></presence>
    <message to='{romeo}' type='chat' id='b122'><body>behind it</body></message>
Romeo receives:
    <presence from='{mercutio/home}' to='{romeo}'><status>122</status></presence>
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='b122'><body>behind it</body></message>
Benvolio sends:
    <presence to='{romeo}'><status>123</status></presence>
    <message to='{romeo}' type='chat' id='b123'><body>behind it</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='b123'><body>behind it</body></message>
Tybalt sends:
    <presence to='{romeo}'><status>124</status></presence>
    <message to='{romeo}' type='chat' id='b124'><body>behind it</body></message>
Romeo receives:
    <presence from='{tybalt/home}' to='{romeo}'><status>124</status></presence>
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='b124'><body>behind it</body></message>
Romeo sends:
    <iq type='set' id='presin-global-example'><query xmlns='jabber:iq:privacy'><list name='presin-global-example'><item action='deny' order='11'><presence-in/></item></list></query></iq>
    <iq type='set' id='a-presin-global-example'><query xmlns='jabber:iq:privacy'><active name='presin-global-example'/></query></iq>
Romeo receives in any order:
    <iq type='result' id='presin-global-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presin-global-example'/></query></iq>
    <iq type='result' id='a-presin-global-example' to='{romeo/home}'/>
    <presence from='{juliet}' to='{romeo/home}' type='unavailable'/>
Juliet sends:
    <presence to='{romeo}'><status>125</status></presence>
    <message to='{romeo}' type='chat' id='b125'><body>behind it</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='b125'><body>behind it</body></message>
Mercutio sends:
    <presence to='{romeo}'><status>126</status></presence>
    <message to='{romeo}' type='chat' id='b126'><body>behind it</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='b126'><body>behind it</body></message>
Benvolio sends:
    <presence to='{romeo}'><status>127</status></presence>
    <message to='{romeo}' type='chat' id='b127'><body>behind it</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='b127'><body>behind it</body></message>
Tybalt sends:
    <presence to='{romeo}'><status>128</status></presence>
    <message to='{romeo}' type='chat' id='b128'><body>behind it</body></message>
Romeo receives:
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='b128'><body>behind it</body></message>
# a subscription is no notification
Tybalt sends:
    <presence to='{romeo}' type='subscribe'/>
Romeo receives:
    <presence from='{tybalt}' to='{romeo}' type='subscribe'/>
# his own presence goes out as ever
Romeo sends:
    <presence><show>dnd</show></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><show>dnd</show></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><show>dnd</show></presence>
# declined: he asks how they are
Romeo sends:
    <iq type='set' id='decline'><query xmlns='jabber:iq:privacy'><active/></query></iq>
Romeo receives in any order:
    <iq type='result' id='decline' to='{romeo/home}'/>
    <presence from='{juliet/home}' to='{romeo/home}'/>
    <presence from='{benvolio/home}' to='{romeo/home}'/>
Juliet sends:
    <presence to='{romeo}'><status>129</status></presence>
    <message to='{romeo}' type='chat' id='b129'><body>behind it</body></message>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><status>129</status></presence>
    <message from='{juliet/home}' to='{romeo}' type='chat' id='b129'><body>behind it</body></message>
Mercutio sends:
    <presence to='{romeo}'><status>130</status></presence>
    <message to='{romeo}' type='chat' id='b130'><body>behind it</body></message>
Romeo receives:
    <presence from='{mercutio/home}' to='{romeo}'><status>130</status></presence>
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='b130'><body>behind it</body></message>
Benvolio sends:
    <presence to='{romeo}'><status>131</status></presence>
    <message to='{romeo}' type='chat' id='b131'><body>behind it</body></message>
Romeo receives:
    <presence from='{benvolio/home}' to='{romeo}'><status>131</status></presence>
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='b131'><body>behind it</body></message>
Tybalt sends:
    <presence to='{romeo}'><status>132</status></presence>
    <message to='{romeo}' type='chat' id='b132'><body>behind it</body></message>
Romeo receives:
    <presence from='{tybalt/home}' to='{romeo}'><status>132</status></presence>
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='b132'><body>behind it</body></message>
