/** A video through one fragment shader, drawn as often as it has a new picture. */

const VERTEX = `#version 300 es
in vec2 corner;
out vec2 at;
void main() { at = corner * 0.5 + 0.5; gl_Position = vec4(corner, 0.0, 1.0); }`;

export class Shaded {
  /** @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video @param {string} fragment GLSL ES 3.00; `uniform sampler2D picture; in vec2 at` */
  constructor(canvas, video, fragment) {
    const gl = canvas.getContext("webgl2", { antialias: false });
    if (!gl) throw new Error("no WebGL 2");
    Object.assign(this, { canvas, video, gl, ended: false, has: false, places: new Map() });
    this.program = linked(gl, fragment);
    gl.useProgram(this.program);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
    const corner = gl.getAttribLocation(this.program, "corner");
    gl.enableVertexAttribArray(corner);
    gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.LINEAR);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
    /** @type {() => void} sets uniforms and draws; by default once over all of the canvas */
    this.paint = () => this.quad();
    /** @type {() => void} a new picture came, not yet drawn */
    this.onPicture = () => {};
    /** @type {() => void} the graphics card was taken away: what is shown must come from elsewhere */
    this.onLost = () => {};
    canvas.addEventListener("webglcontextlost", () => {
      if (this.ended) return;
      this.ended = true;
      this.onLost();
    });
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(canvas);
    this.frame = () => {
      if (this.ended) return;
      this.take();
      this.draw();
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(this.frame);
      else requestAnimationFrame(this.frame);
    };
    this.frame();
  }

  uniform(name) {
    if (!this.places.has(name)) this.places.set(name, this.gl.getUniformLocation(this.program, name));
    return this.places.get(name);
  }

  /** The video's picture of now, kept until there is a newer one: turning a view draws, and fetches nothing. */
  take() {
    if (this.video.readyState < 2 || !this.video.videoWidth) return;
    this.gl.texImage2D(this.gl.TEXTURE_2D, 0, this.gl.RGB, this.gl.RGB, this.gl.UNSIGNED_BYTE, this.video);
    this.has = true;
    this.onPicture();
  }

  draw() {
    const { canvas } = this;
    if (this.ended || !this.has) return;
    const width = Math.round(canvas.clientWidth * devicePixelRatio) || canvas.width;
    const height = Math.round(canvas.clientHeight * devicePixelRatio) || canvas.height;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.paint();
  }

  quad() {
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
  }

  close() {
    this.ended = true;
    this.resized.disconnect();
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function linked(gl, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}
