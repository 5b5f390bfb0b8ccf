"""The call-takers' room: calls are written down, and places are found."""



