//! HTML to try: the pages that come with the project, inputs that are awkward in
//! a known way, and random soup.

use std::fs;
use std::path::PathBuf;

/// Where the pages are.
pub(crate) fn data() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "data"].iter().collect()
}

/// The files of the pages that come with the project. Where each allocation
/// checks the whole heap, time grows with the square of a page, and there are
/// only the smaller ones.
pub(crate) fn files() -> impl Iterator<Item = PathBuf> {
    let is_small = |path: &PathBuf| path.metadata().is_ok_and(|about| about.len() <= 25_000);
    let entries = fs::read_dir(data()).expect("the pages come with the project");
    entries
        .map(|entry| entry.expect("a directory can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .filter(move |path| cfg!(not(gc_zeal)) || is_small(path))
}

/// The pages that come with the project. Miri reads no files: a small one for it.
pub(crate) fn pages() -> Vec<String> {
    if cfg!(miri) {
        return vec![String::from("<title>small</title><p>one<ul><li>two<li><b>three</b></ul>")];
    }
    files().map(|path| fs::read_to_string(path).expect("the pages are UTF-8")).collect()
}

/// Inputs that make the parser move what it has built; under Miri only some.
pub(crate) fn awkward() -> impl Iterator<Item = &'static str> {
    AWKWARD.iter().copied().step_by(if cfg!(miri) { 30 } else { 1 })
}

const AWKWARD: &[&str] = &[
    // Nothing, nearly nothing, and text only.
    "",
    " ",
    "text",
    "\u{feff}<p>after a byte order mark",
    "a\0b<p>c\0d",
    // Misnested formatting: the adoption agency.
    "<b>1<i>2</b>3</i>4",
    "<a>1<p>2</a>3</p>",
    "<a>1<div>2<div>3</a>4</div>5</div>",
    "<b><b><b><b>x</b></b>y<p>z</b>",
    "<p>1<s><b>2<p>3</s>4</b>5",
    "<a href=1>1<a href=2>2<table><a href=3>3</table>4",
    "<nobr>1<nobr>2<i>3</nobr>4</i>",
    "<font><p>1<font>2<p>3</font></font>4",
    "<b><em><i><u>1<div>2</b>3</u></i></em></div>",
    "<i><div><b><div></i></div></b></div>",
    "<a><svg><tr><input></a>",
    // Foster parents.
    "<table>1<tr>2<td>3</td>4</tr>5</table>6",
    "<table><b>1</b><tr><i>2<td>3",
    "<table><tr><p>1</p><td>2<table>3<tr>4",
    "before<table>one<b>two</b>three<tr></tr>four</table>",
    "<b>1<table>2<tr>3</b>4</table>5",
    "<table><a>1<td>2</a>3<p>4",
    "<table><select><option>1<tr><td>2",
    "<table><form><input type=hidden><input></table>",
    "<table><caption><b>1<tr>2",
    "<div><table><!--c--> text <col> <script>s</script><style>t</style>",
    // Templates.
    "<template>1<p>2</template>3",
    "<template><template>1</template>2</template>3",
    "<table><template><tr><td>1</template>2</table>",
    "<template><td>1</td><b>2<p>3</b></template>",
    "<head><template><title>1</template><title>2",
    "<template><html class=a><body class=b>1",
    "<body><template></body>1</template>2",
    "<div><template shadowrootmode=open><slot></slot></template>1</div>",
    // Attributes that come late, twice, or where none belong.
    "<html a=1><html a=2 b=3><body c=4><body c=5 d=6>",
    "<p a=1 a=2 A=3 b='\"' c=\"<&>\" d=\u{a0}>x</p a=4>",
    // Doctypes and quirks modes.
    "<!doctype html><p>1<table>",
    "<p>1<table>",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Frameset//EN\" \"x\"><p><table>",
    "<!DOCTYPE x><!doctype y>",
    // Frames, forms, selections, headings, lists.
    "<frameset><frame></frameset><noframes>1</noframes>2",
    "<p>1<frameset><frame>",
    "<form>1<form>2</form><div></form>3</div>",
    "<select><option>1<optgroup><option>2<select>3<hr>4",
    "<select><b>1<p>2<input>3",
    "<h1>1<h2>2</h1>3",
    "<ul><li>1<ul><li>2</ul><li>3<dl><dt>4<dd>5<dt>6",
    "<button>1<p>2<button>3</p></button>",
    "<ruby>1<rb>2<rt>3<rtc>4<rp>5",
    // Foreign content.
    "<svg><p>1</svg><math><mi>2<p>3</math>",
    "<svg viewbox=1 xlink:href=2 xml:lang=3 xmlns:xlink=4><foreignObject><p>5</svg>",
    "<math><annotation-xml encoding=text/html><p>1</math>",
    "<math><annotation-xml encoding=x><p>1</math>",
    "<svg><![CDATA[1<p>2]]><desc><b>3</desc>4<b>5",
    "<svg><template>1</template><script>2</script><title>3<b>4",
    // Text that is not markup, comments in all places, and bogus comments.
    "<title>1<b>2</title><textarea>\n\n3<b></textarea><plaintext>4</plaintext>5",
    "<script><!--<script>1</script>--></script><style><p></style><xmp><b></xmp>",
    "<noscript><p>1</noscript><head><noscript><link></noscript>",
    "<!--1--><html><!--2--><head><!--3--></head><!--4--><body></body><!--5--></html><!--6-->",
    "<!-->1<!--->2<!--3--!>4<?php 5 ?>6</ 7>8<!9>",
    "&lt;&amp&notit;&#x80;&#0;&NotEqualTilde;&nbsp;\u{a0}",
    "</p></br></b></html>1</body>2</head>3",
    "<p>1</html> 2 <p>3</html><!--4--> 5",
];

/// Pieces of soup: tags that interact, open and closed, and what stands between.
const INGREDIENTS: &[&str] = &[
    "<a>",
    "</a>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<tbody>",
    "</tbody>",
    "<caption>",
    "<col>",
    "<template>",
    "</template>",
    "<select>",
    "</select>",
    "<option>",
    "<optgroup>",
    "<svg>",
    "</svg>",
    "<foreignObject>",
    "<math>",
    "<mi>",
    "</math>",
    "<form>",
    "</form>",
    "<li>",
    "<ul>",
    "</ul>",
    "<nobr>",
    "</nobr>",
    "<h1>",
    "<h2>",
    "</h1>",
    "<button>",
    "</button>",
    "<br>",
    "<input>",
    "<font size=1>",
    "</font>",
    "<html x=1>",
    "<body y=2>",
    "</body>",
    "<head>",
    "</head>",
    "<frameset>",
    "<title>t</title>",
    "<script>s</script>",
    "<!--c-->",
    "<marquee>",
    "</marquee>",
    "<ruby><rt>",
    "text",
    " ",
    "&amp;",
];

/// Soup of up to 40 ingredients; the same for the same `seed`.
pub(crate) fn soup(seed: u64) -> String {
    let mut state = seed;
    let mut random = move |below: usize| {
        // SplitMix64, whose output is well mixed from the first number on.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below as u64).expect("less than a usize")
    };
    let pieces = 1 + random(40);
    (0..pieces).map(|_| INGREDIENTS[random(INGREDIENTS.len())]).collect()
}
