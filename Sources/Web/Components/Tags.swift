extension UI {
    /// A state in a word, framed.
    package static func tag(_ text: String, _ tone: Tone) -> HTML {
        #"<span class="tag tag--\#(tone.rawValue)">\#(text)</span>"#
    }

    /// The light of a target: shape, colour and word.
    package static func light(_ tone: Tone, _ text: String) -> HTML {
        #"<span class="light light--\#(tone.rawValue)">\#(lightShape(tone))\#(text)</span>"#
    }

    /// The shape alone, for a place whose text already says the state.
    package static func lightShape(_ tone: Tone) -> HTML {
        #"<span class="light-shape light-shape--\#(tone.rawValue)" aria-hidden="true">\#(tone.shape)</span>"#
    }
}
