//! Whether files of one crate need each other in a circle. What a file needs are the files that define the
//! names which it uses: a name that is exported again leads on to where it comes from, and tests do not
//! count.

use std::collections::{BTreeMap, BTreeSet};

/// A module's path below its crate: empty for the root.
type Module = Vec<String>;

/// A file of a crate, read for its names.
struct Source {
    /// Paths that its code names.
    used: Vec<Vec<String>>,
    /// Names that it exports again, each with the path it comes from.
    exported: BTreeMap<String, Vec<String>>,
    /// Modules that it declares.
    children: BTreeSet<String>,
}

/// The circles among a crate's files, each as the steps within it.
pub(crate) fn circles(files: &BTreeMap<String, String>, sources: &str) -> Vec<Vec<String>> {
    let modules: BTreeMap<Module, Source> = files
        .iter()
        .filter_map(|(name, text)| Some((module(name.strip_prefix(sources)?)?, Source::read(text))))
        .collect();
    let needs: BTreeMap<&Module, BTreeSet<&Module>> =
        modules.keys().map(|module| (module, needed(&modules, module))).collect();
    let mut left: BTreeSet<&Module> = needs.keys().copied().collect();
    // Whoever needs nobody that is left, or is needed by nobody that is left, stands in no circle.
    loop {
        let before = left.len();
        let ends: Vec<&Module> = left
            .iter()
            .filter(|module| {
                needs[**module].is_disjoint(&left)
                    || !left.iter().any(|other| needs[*other].contains(**module))
            })
            .copied()
            .collect();
        left.retain(|module| !ends.contains(module));
        if left.len() == before {
            break;
        }
    }
    let name = |module: &Module| if module.is_empty() { "lib".to_owned() } else { module.join("::") };
    let steps = |module: &&Module| {
        let within =
            needs[*module].intersection(&left).map(|other| format!("{} -> {}", name(module), name(other)));
        within.collect::<Vec<_>>()
    };
    left.iter().map(steps).collect()
}

/// The module that a file is; `None` for a program's `main.rs` beside a library, and for what is no Rust.
fn module(name: &str) -> Option<Module> {
    let mut path: Vec<String> = name.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        path.pop();
    }
    Some(path)
}

fn needed<'a>(modules: &'a BTreeMap<Module, Source>, module: &'a Module) -> BTreeSet<&'a Module> {
    let source = &modules[module];
    let paths = source.used.iter().filter_map(|path| absolute(module, source, path));
    paths.filter_map(|path| definition(modules, &path, 0)).filter(|found| *found != module).collect()
}

/// A path from the crate's root; `None` if it leads out of the crate.
fn absolute(module: &Module, source: &Source, path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([module.as_slice(), rest].concat()),
        "super" => {
            let climbed = path.iter().take_while(|segment| *segment == "super").count();
            let base = module.get(..module.len().checked_sub(climbed)?)?;
            Some([base, path.get(climbed..)?].concat())
        }
        name if source.children.contains(name) => Some([module.as_slice(), path].concat()),
        _ => None,
    }
}

/// The file that defines what a path names.
fn definition<'a>(
    modules: &'a BTreeMap<Module, Source>,
    path: &[String],
    depth: usize,
) -> Option<&'a Module> {
    assert!(depth < 20, "{path:?} is exported in a circle");
    let deepest = (0..=path.len()).rev().find_map(|end| modules.get_key_value(&path[..end]));
    let (module, source) = deepest?;
    let rest = &path[module.len()..];
    match rest.first().and_then(|name| source.exported.get(name)) {
        Some(origin) => {
            let origin = absolute(module, source, origin)?;
            definition(modules, &[origin.as_slice(), &rest[1..]].concat(), depth + 1)
        }
        None => Some(module),
    }
}

impl Source {
    fn read(text: &str) -> Self {
        let code = without_tests(&without_words(text));
        let mut source = Self { used: Vec::new(), exported: BTreeMap::new(), children: BTreeSet::new() };
        let mut rest = String::new();
        for item in code.split_inclusive(';') {
            // An item's own words begin after the last brace: what stands before belongs to others.
            let (before, tail) = use_of(item);
            rest.push_str(before);
            let Some((is_exported, tree)) = tail else { continue };
            for path in paths(tree) {
                match path.last().cloned() {
                    Some(name) if is_exported => drop(source.exported.insert(name, path)),
                    _ => source.used.push(path),
                }
            }
        }
        let words: Vec<&str> = rest.split_whitespace().collect();
        let declared =
            words.windows(2).filter(|pair| pair[0] == "mod").filter_map(|pair| pair[1].strip_suffix(';'));
        source.children.extend(declared.map(str::to_owned));
        source.used.extend(inline(&rest));
        source
    }
}

/// Splits `use a::b;`, with what makes it public, from what stands before it.
fn use_of(item: &str) -> (&str, Option<(bool, &str)>) {
    let is_word = |at: usize| {
        let before = item[..at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "{};)".contains(c))
    };
    let Some(at) = item.rmatch_indices("use ").map(|(at, _)| at).find(|at| is_word(*at)) else {
        return (item, None);
    };
    let before = item[..at].trim_end();
    let line = before.rsplit(['\n', ';', '{', '}']).next().unwrap_or_default();
    let is_exported = line.trim_start().starts_with("pub");
    (&item[..at], Some((is_exported, item[at + 4..].trim_end_matches(';'))))
}

/// The paths of a tree such as `a::{b, c::{self, d as e}}`.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some((before, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        let segments = path.split("::").map(str::trim).filter(|segment| !["", "*"].contains(segment));
        return vec![segments.map(str::to_owned).collect()];
    };
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for c in inner.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match branches.last_mut() {
            Some(branch) if c != ',' || depth > 0 => branch.push(c),
            _ => branches.push(String::new()),
        }
    }
    let branches = branches.into_iter().filter(|branch| !branch.trim().is_empty());
    let whole = |branch: String| {
        if branch.trim() == "self" {
            before.trim_end_matches("::").to_owned()
        } else {
            format!("{before}{branch}")
        }
    };
    branches.flat_map(|branch| paths(&whole(branch))).collect()
}

/// Paths in the code itself, such as `crate::a::b(…)` or `child::c`.
fn inline(code: &str) -> Vec<Vec<String>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c: char| !is_part(c)).map(|word| word.trim_matches(':'));
    words
        .filter(|word| word.contains("::"))
        .map(|word| word.split("::").map(str::to_owned).collect())
        .collect()
}

/// The code without comments and the contents of strings.
fn without_words(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(hashes) = raw_string(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = hashes + 2;
            begin + rest[begin..].find(&end).unwrap_or(rest.len() - begin - end.len()) + end.len()
        } else if c == '"' {
            string(rest)
        } else if let Some(length) = character(rest) {
            length
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    code
}

fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.chars().take_while(|c| *c == '#').count();
    rest[hashes..].starts_with('"').then_some(hashes)
}

fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal, which must not be taken for a lifetime.
fn character(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    if rest.starts_with('\\') {
        return Some(rest[2..].find('\'')? + 4);
    }
    let c = rest.chars().next()?;
    rest[c.len_utf8()..].starts_with('\'').then(|| c.len_utf8() + 2)
}

/// The code without what only tests are built with.
fn without_tests(code: &str) -> String {
    let mut code = code.to_owned();
    while let Some(start) = ["#[cfg(test)]", "#[cfg(any(test"].iter().filter_map(|mark| code.find(mark)).min()
    {
        let mut depth = 0_i32;
        let mut is_attribute = true;
        let end = code[start..].char_indices().find(|(_, c)| {
            match c {
                '[' | '{' | '(' => depth += 1,
                ']' | ')' | '}' => depth -= 1,
                _ => {}
            }
            is_attribute = is_attribute && !matches!(c, '{');
            depth == 0 && (*c == ';' || *c == '}')
        });
        let end = end.map_or(code.len(), |(at, _)| start + at + 1);
        code.replace_range(start..end, "");
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let files = files.iter().map(|(name, text)| (format!("src/{name}"), (*text).to_owned())).collect();
        circles(&files, "src/")
    }

    #[test]
    fn what_uses_each_other_is_a_circle() {
        let files = [
            ("lib.rs", "mod a; mod b; pub use a::A;"),
            ("a.rs", "use crate::b::B;\npub struct A(B);"),
            ("b.rs", "pub struct B;\nfn f(_: &crate::A) {}"),
        ];
        assert_eq!(found(&files), [vec!["a -> b"], vec!["b -> a"]]);
    }

    #[test]
    fn exports_words_and_tests_are_no_need() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\npub use self::{a::A, b::{B, C as D}};"),
            ("a.rs", "use super::B;\npub struct A(B); // crate::b::B\nconst T: &str = \"crate::b::f\";"),
            ("b.rs", "pub struct B;\npub struct C;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}"),
        ];
        assert!(found(&files).is_empty());
    }
}
