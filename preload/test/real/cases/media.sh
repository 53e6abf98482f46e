needs ffmpeg ffmpeg && real ffmpeg @ ffmpeg -v error -f lavfi -i testsrc=size=320x240:rate=25:duration=4 -vf scale=160:120,hue=s=0 \
  -c:v mpeg4 -flags +bitexact -f avi -threads 2 - -c:v rawvideo -f framemd5 frames.md5 -y
needs java java javac && real java code=8 "losses=$jit" bash scenarios/java.sh @
