"""The encoders of bench/sound-cases.ts in PyTorch: functions of a batch of waves [N, length] that give frames [N, T, width]."""
import torch
import torch.nn as nn

torch.version.cuda = None  # torchaudio, which transformers looks for, need not be of the same build


class ChannelNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(1, channels, 1)), nn.Parameter(torch.zeros(1, channels, 1))

    def forward(self, x):
        variance, mean = torch.var_mean(x, dim=1, keepdim=True)
        return (x - mean) * torch.rsqrt(variance + 1e-5) * self.weight + self.bias


class Cpc(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        layers, before = [], 1
        for kernel, stride, padding in ((10, 5, 3), (8, 4, 2), (4, 2, 1), (4, 2, 1), (4, 2, 1)):
            layers += [nn.Conv1d(before, channels, kernel, stride, padding), ChannelNorm(channels), nn.ReLU()]
            before = channels
        self.encoder, self.context = nn.Sequential(*layers), nn.GRU(channels, hidden, batch_first=True)

    def forward(self, waves):
        return self.context(self.encoder(waves[:, None]).transpose(1, 2))[0]


class Wav2vec2(nn.Module):
    """Of the package `transformers`; every other run of ten frames is hidden."""

    def __init__(self, channels, dim, depth, heads, kernel, drops):
        super().__init__()
        from transformers import Wav2Vec2Config, Wav2Vec2Model

        self.model = Wav2Vec2Model(Wav2Vec2Config(
            hidden_size=dim, num_hidden_layers=depth, num_attention_heads=heads, intermediate_size=4 * dim,
            conv_dim=(channels,) * 7, num_conv_pos_embeddings=kernel, hidden_dropout=drops, feat_proj_dropout=drops,
            attention_dropout=0.0, activation_dropout=0.0, layerdrop=0.0, apply_spec_augment=True, mask_time_prob=0.5))
        self.model.train()

    def forward(self, waves):
        frames = int(self.model._get_feat_extract_output_lengths(waves.shape[1]))
        hidden = (torch.arange(frames) // 10 % 2 == 1).expand(waves.shape[0], frames)
        return self.model(waves, mask_time_indices=hidden).last_hidden_state


class LogMel(nn.Module):
    """Log-mel frames, two in a row, and the transformer of the package `transformers`; every other run of ten is hidden."""

    def __init__(self, dim, depth, heads, kernel, drops, stable):
        super().__init__()
        from transformers import Wav2Vec2Config
        from transformers.models.wav2vec2 import modeling_wav2vec2 as parts

        config = Wav2Vec2Config(
            hidden_size=dim, num_hidden_layers=depth, num_attention_heads=heads, intermediate_size=4 * dim,
            num_conv_pos_embeddings=kernel, hidden_dropout=drops, attention_dropout=0.0, activation_dropout=0.0,
            layerdrop=0.0, attn_implementation="sdpa")
        self.projection = nn.Linear(80, dim)
        self.encoder = (parts.Wav2Vec2EncoderStableLayerNorm if stable else parts.Wav2Vec2Encoder)(config)
        self.register_buffer("fade", torch.hamming_window(400))
        # as wide and as full as triangles of equal width in mel, 40 of them
        edges = 700 * (10 ** (torch.linspace(0.01223, 1.09442, 42)) - 1)
        bins = torch.arange(257)[:, None] * 16000 / 512
        rise, fall = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - bins) / (edges[2:] - edges[1:-1])
        self.register_buffer("bands", torch.minimum(rise, fall).clamp(min=0))

    def forward(self, waves):
        spectra = torch.stft(waves, 512, 160, 400, self.fade, return_complex=True)
        x = (spectra.abs().square().transpose(1, 2) @ self.bands).clamp(min=1e-10).log()
        variance, mean = torch.var_mean(x, dim=1, keepdim=True, correction=0)
        x = (x - mean) * torch.rsqrt(variance + 1e-5)
        x = nn.functional.pad(x, (0, 0, 0, x.shape[1] % 2)).reshape(len(x), -1, 80)
        hidden = torch.arange(x.shape[1]) // 10 % 2 == 1
        return self.encoder(self.projection(x.masked_fill(hidden[:, None], 0))).last_hidden_state


models = {
    "cpc-small": lambda: Cpc(128, 128),
    "cpc": lambda: Cpc(512, 256),
    "wav2vec2-small": lambda: Wav2vec2(96, 192, 4, 4, 32, 0.0),
    "wav2vec2-base": lambda: Wav2vec2(512, 768, 12, 12, 128, 0.1),
    "log-mel-small": lambda: LogMel(192, 4, 4, 32, 0.0, True),
    "log-mel-base": lambda: LogMel(768, 12, 12, 128, 0.1, False),
}
