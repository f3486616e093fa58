/** Thermal pictures in colours one may choose: brightness is warmth, the palette only shows it. */
import { gettext } from "../room/words.js";
import { Shaded } from "./gl.js";

/** Colours from cold to hot, evenly spread. */
export const PALETTES = {
  white: [[0, 0, 0], [255, 255, 255]],
  black: [[255, 255, 255], [0, 0, 0]],
  iron: [[0, 0, 10], [60, 0, 120], [180, 20, 110], [240, 110, 20], [255, 210, 60], [255, 255, 240]],
  arctic: [[5, 20, 60], [20, 90, 160], [120, 170, 190], [240, 190, 70], [255, 250, 210]],
};

export const nameOf = (palette) => ({
  white: gettext("White is hot"), black: gettext("Black is hot"), iron: gettext("Iron"), arctic: gettext("Arctic"),
})[palette];

/** The colour of a warmth. Pure; the shader does the same. @param {number[][]} palette @param {number} warmth 0..1 */
export function colour(palette, warmth) {
  const at = Math.min(1, Math.max(0, warmth)) * (palette.length - 1);
  const below = Math.min(palette.length - 2, Math.floor(at));
  return palette[below].map((from, n) => Math.round(from + (palette[below + 1][n] - from) * (at - below)));
}

const FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D picture;
uniform vec3 colours[8];
uniform int count;
in vec2 at;
out vec4 shown;
void main() {
  float warm = dot(texture(picture, at).rgb, vec3(0.2126, 0.7152, 0.0722)) * float(count - 1);
  int below = clamp(int(floor(warm)), 0, count - 2);
  shown = vec4(mix(colours[below], colours[below + 1], warm - float(below)), 1.0);
}`;

export class Thermal {
  /** @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video */
  constructor(canvas, video) {
    this.shaded = new Shaded(canvas, video, FRAGMENT);
    this.shaded.paint = () => {
      this.shaded.gl.viewport(0, 0, canvas.width, canvas.height);
      this.shaded.quad();
    };
    this.choose("iron");
  }

  /** @param {string} palette */
  choose(palette) {
    const colours = PALETTES[palette];
    const { gl } = this.shaded;
    gl.uniform3fv(this.shaded.uniform("colours"), colours.flat().map((part) => part / 255));
    gl.uniform1i(this.shaded.uniform("count"), colours.length);
    this.shaded.draw();
  }

  close() {
    this.shaded.close();
  }
}
