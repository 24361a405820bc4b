//! Changelog entries as blocks to paint: Markdown in, plain values out. Nothing here is ever HTML.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde::Serialize;

/// How many runs of text are painted at the most: an entry is read by a person.
const RUNS: usize = 5_000;

/// A block of a rendered entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(tag = "kind", rename_all = "camelCase"))]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        content: Vec<Inline>,
    },
    /// A list item, however its list is marked.
    Item {
        /// How deep it is nested, 0 for the outermost list.
        depth: u8,
        /// Its text.
        content: Vec<Inline>,
    },
    /// Text as it stands: code, or HTML shown as text.
    Code {
        /// The text.
        text: String,
    },
    /// A horizontal line.
    Rule,
}

/// A run of text in a block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Inline {
    /// Shown as text only, whatever it looks like.
    pub text: String,
    /// In bold.
    pub strong: bool,
    /// In italics.
    pub emphasis: bool,
    /// As code.
    pub code: bool,
    /// Where it leads: `https:` or `http:` only; null elsewhere.
    pub href: Option<String>,
}

/// Collects blocks while the parser walks.
#[derive(Default)]
struct Painter {
    blocks: Vec<Block>,
    runs: Vec<Inline>,
    style: Inline,
    strong: usize,
    emphasis: usize,
    lists: usize,
    items: usize,
    code: Option<String>,
    painted: usize,
}

impl Painter {
    fn text(&mut self, text: &str, code: bool) {
        if let Some(block) = &mut self.code {
            block.push_str(text);
            return;
        }
        let style = Inline {
            text: String::new(),
            strong: self.strong > 0,
            emphasis: self.emphasis > 0,
            code,
            href: self.style.href.clone(),
        };
        match self.runs.last_mut() {
            Some(last) if Inline { text: String::new(), ..last.clone() } == style => last.text.push_str(text),
            _ => {
                self.painted += 1;
                self.runs.push(Inline { text: text.to_owned(), ..style });
            }
        }
    }

    /// Ends the text collected so far as one block.
    fn flush(&mut self, heading: Option<u8>) {
        let runs = std::mem::take(&mut self.runs);
        if runs.is_empty() {
            return;
        }
        let depth = u8::try_from(self.lists.saturating_sub(1)).unwrap_or(u8::MAX);
        self.blocks.push(match heading {
            Some(level) => Block::Heading { level, content: runs },
            None if self.items > 0 => Block::Item { depth, content: runs },
            None => Block::Paragraph { content: runs },
        });
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Link { dest_url, .. } => {
                let safe = dest_url.starts_with("https://") || dest_url.starts_with("http://");
                self.style.href = safe.then(|| dest_url.to_string());
            }
            Tag::List(_) => {
                self.flush(None);
                self.lists += 1;
            }
            Tag::Item => self.items += 1,
            Tag::CodeBlock(_) | Tag::HtmlBlock => {
                self.flush(None);
                self.code = Some(String::new());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Link => self.style.href = None,
            TagEnd::List(_) => {
                self.flush(None);
                self.lists = self.lists.saturating_sub(1);
            }
            TagEnd::Item => {
                self.flush(None);
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::Heading(level) => self.flush(Some(match level {
                HeadingLevel::H1 => 1,
                HeadingLevel::H2 => 2,
                HeadingLevel::H3 => 3,
                HeadingLevel::H4 => 4,
                HeadingLevel::H5 => 5,
                HeadingLevel::H6 => 6,
            })),
            TagEnd::Paragraph => self.flush(None),
            TagEnd::CodeBlock | TagEnd::HtmlBlock => {
                if let Some(text) = self.code.take() {
                    self.blocks.push(Block::Code { text: text.trim_end().to_owned() });
                }
            }
            _ => {}
        }
    }
}

/// The blocks of an entry. HTML in it becomes text; links lead to `http:` and `https:` only.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut painter = Painter::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(tag) => painter.start(&tag),
            Event::End(tag) => painter.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => painter.text(&text, false),
            Event::Code(text) => painter.text(&text, true),
            Event::SoftBreak | Event::HardBreak => painter.text(" ", false),
            Event::Rule => painter.blocks.push(Block::Rule),
            _ => {}
        }
        if painter.painted >= RUNS || painter.blocks.len() >= RUNS {
            painter.text("…", false);
            break;
        }
    }
    painter.flush(None);
    painter.blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Inline {
        Inline { text: text.into(), ..Inline::default() }
    }

    #[test]
    fn an_entry_becomes_blocks() {
        let entry = "## [1.3.0](https://github.com/a/b/compare/v1.2.3...v1.3.0) (2026-01-02)\n\n### Features\n\n* **api:** add `login` ([0123456](https://github.com/a/b/commit/0123456))\n";
        let link = |text: &str, href: &str| Inline { text: text.into(), href: Some(href.into()), ..Inline::default() };
        let expected = vec![
            Block::Heading {
                level: 2,
                content: vec![link("1.3.0", "https://github.com/a/b/compare/v1.2.3...v1.3.0"), plain(" (2026-01-02)")],
            },
            Block::Heading { level: 3, content: vec![plain("Features")] },
            Block::Item {
                depth: 0,
                content: vec![
                    Inline { text: "api:".into(), strong: true, ..Inline::default() },
                    plain(" add "),
                    Inline { text: "login".into(), code: true, ..Inline::default() },
                    plain(" ("),
                    link("0123456", "https://github.com/a/b/commit/0123456"),
                    plain(")"),
                ],
            },
        ];
        assert_eq!(blocks(entry), expected);
    }

    #[test]
    fn markup_stays_text_and_scripts_lead_nowhere() {
        let hostile = blocks("* <img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](data:text/html,z)");
        let [Block::Item { depth: 0, content: runs }] = hostile.as_slice() else { panic!("{hostile:?}") };
        assert!(runs.iter().all(|run| run.href.is_none()));
        assert_eq!(runs[0].text, "<img src=x onerror=alert(1)> x y");
    }

    #[test]
    fn nested_lists_keep_their_depth() {
        assert_eq!(
            blocks("- a\n  - b\n- c\n"),
            [(0, "a"), (1, "b"), (0, "c")].map(|(depth, text)| Block::Item { depth, content: vec![plain(text)] })
        );
    }

    #[test]
    fn a_huge_entry_ends() {
        assert!(blocks(&"* **a** b\n".repeat(200_000)).len() <= RUNS + 1);
        assert!(!blocks(&"[".repeat(100_000)).is_empty());
        assert!(blocks(&"> ".repeat(20_000)).is_empty());
    }
}
