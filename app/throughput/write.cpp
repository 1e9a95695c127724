// Writes the frames of a folder again with OpenEXR's own C++ writer, to compare
// zscope's whole export with: write FOLDER OUT THREADS. All frames are read
// before the clock starts; channels, sizes and compression stay as they are.
// Prints frames, wall seconds and CPU seconds.
#include <OpenEXR/ImfChannelList.h>
#include <OpenEXR/ImfFrameBuffer.h>
#include <OpenEXR/ImfHeader.h>
#include <OpenEXR/ImfInputFile.h>
#include <OpenEXR/ImfOutputFile.h>
#include <OpenEXR/ImfThreading.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

struct Frame {
    std::string name;
    Imf::Header header;
    std::vector<std::vector<float>> channels;
    Imf::FrameBuffer buffer;
};

int main(int, char** argv) {
    std::vector<std::string> names;
    for (auto& e : std::filesystem::directory_iterator(argv[1]))
        if (e.path().extension() == ".exr") names.push_back(e.path().filename().string());
    std::sort(names.begin(), names.end());

    std::vector<Frame> frames(names.size());
    for (size_t i = 0; i < names.size(); i++) {
        Frame& f = frames[i];
        Imf::InputFile in((std::string(argv[1]) + "/" + names[i]).c_str());
        f.name = names[i];
        f.header = in.header();
        auto w = f.header.dataWindow();
        size_t width = w.max.x - w.min.x + 1, height = w.max.y - w.min.y + 1;
        for (auto c = f.header.channels().begin(); c != f.header.channels().end(); ++c) {
            f.channels.emplace_back(width * height);
            char* base = (char*)(f.channels.back().data() - w.min.x - w.min.y * width);
            f.buffer.insert(c.name(), Imf::Slice(Imf::FLOAT, base, sizeof(float), sizeof(float) * width));
        }
        in.setFrameBuffer(f.buffer);
        in.readPixels(w.min.y, w.max.y);
    }

    int threads = std::stoi(argv[3]);
    Imf::setGlobalThreadCount(threads);
    auto start = std::chrono::steady_clock::now();
    clock_t cpu = clock();
    for (Frame& f : frames) {
        Imf::OutputFile out((std::string(argv[2]) + "/" + f.name).c_str(), f.header, threads);
        out.setFrameBuffer(f.buffer);
        auto w = f.header.dataWindow();
        out.writePixels(w.max.y - w.min.y + 1);
    }
    std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    printf("%zu %.3f %.3f\n", frames.size(), wall.count(), double(clock() - cpu) / CLOCKS_PER_SEC);
}
