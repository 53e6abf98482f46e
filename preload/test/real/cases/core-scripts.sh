# Interpreters and tools that do one thing and end.
real bash bash scenarios/shell.sh @
needs sqlite3 sqlite3 && real sqlite3 code=1 @ sqlite3 :memory: ".read scenarios/queries.sql"
needs perl perl && real perl code=5 @ perl scenarios/words.pl
