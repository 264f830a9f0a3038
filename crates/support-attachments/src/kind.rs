//! The types that are allowed, and no others.

use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $media_type:literal, $phrase:literal, [$($extension:literal),+];)+) => {
        /// A type of files that is allowed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
        }

        impl Kind {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Its media type.
            #[must_use]
            pub const fn media_type(self) -> &'static str {
                match self {
                    $(Self::$kind => $media_type,)+
                }
            }

            /// The endings of its files' names, the usual one first.
            #[must_use]
            pub const fn extensions(self) -> &'static [&'static str] {
                match self {
                    $(Self::$kind => &[$($extension),+],)+
                }
            }

            /// It as part of a sentence.
            const fn phrase(self) -> &'static str {
                match self {
                    $(Self::$kind => $phrase,)+
                }
            }
        }
    };
}

kinds! {
    /// PNG (W3C Portable Network Graphics).
    Png = "image/png", "a PNG image", ["png", "apng"];
    /// JPEG (ITU-T T.81).
    Jpeg = "image/jpeg", "a JPEG image", ["jpg", "jpeg", "jpe", "jfif"];
    /// GIF (its versions of 1987 and 1989).
    Gif = "image/gif", "a GIF image", ["gif"];
    /// `WebP` (RFC 9649).
    WebP = "image/webp", "a WebP image", ["webp"];
    /// PDF (ISO 32000).
    Pdf = "application/pdf", "a PDF document", ["pdf"];
    /// A Word document (ECMA-376).
    Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a Word document", ["docx"];
    /// An Excel workbook (ECMA-376).
    Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "an Excel workbook", ["xlsx"];
    /// A `PowerPoint` presentation (ECMA-376).
    Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation", "a PowerPoint presentation", ["pptx"];
    /// An `OpenDocument` text (ISO 26300).
    Odt = "application/vnd.oasis.opendocument.text", "an OpenDocument text", ["odt"];
    /// An `OpenDocument` spreadsheet.
    Ods = "application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet", ["ods"];
    /// An `OpenDocument` presentation.
    Odp = "application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation", ["odp"];
    /// Comma-separated values (RFC 4180), in UTF-8.
    Csv = "text/csv", "comma-separated values", ["csv"];
    /// Text in UTF-8. Endings that a program would run are not among its own.
    Text = "text/plain", "text", ["txt", "text", "log", "md", "tsv", "json", "yaml", "yml", "toml", "ini", "conf"];
}

impl Kind {
    /// The allowed type with this media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.media_type() == media_type)
    }

    /// Whether `name` ends as names of this type do.
    pub(crate) fn fits(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        ending.is_some_and(|ending| self.extensions().iter().any(|own| own.eq_ignore_ascii_case(ending)))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phrase())
    }
}
