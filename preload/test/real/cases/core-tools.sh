# Programs that start others.
needs git git && real git follow=children least=5 bash scenarios/git.sh @
needs g++ g++ && real g++ follow=children least=3 bash scenarios/compile.sh @
